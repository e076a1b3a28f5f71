import type { Account } from '../../src/domain/person.js';

/** An account in Slack, of the company's workspace where none is named. */
export const slackAccount = (id: string, tenant = 'T0CORP'): Account => ({ provider: 'slack', tenant, id });
