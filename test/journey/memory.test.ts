import { journey } from '../contracts/journey.js';
import { serveCompany } from '../support/company.js';

describe('the journey, kept in memory', () => {
  journey(() => serveCompany());
});

describe('the journey, over Socket Mode', () => {
  journey(() => serveCompany({}, 'socket'));
});
