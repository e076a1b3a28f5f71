/** @project outside */
import { journey } from '../contracts/journey.js';
import { serveCompany } from '../support/company.js';
import { describeWithDynamoDb } from '../support/dynamodb-local.js';

describeWithDynamoDb('the journey, kept in DynamoDB', (local) =>
  journey(() => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = local().endpoint;
    process.env['AWS_ENDPOINT_URL_DYNAMODB_STREAMS'] = local().endpoint;
    return serveCompany({ store: 'dynamodb' });
  }),
);
