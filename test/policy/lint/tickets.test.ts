import { found, lintOf, permit, removeFolders } from '../../support/lint.js';

afterAll(removeFolders);

const directory = (ticket: object) =>
  JSON.stringify({
    channel: 'C0ACCESS',
    groups: { dba: { members: ['dan@corp.example'] } },
    stages: { owners: { owners: true } },
    justification: { ticket },
  });
const files = (ticket: object) => ({
  'policies.cedar': permit('p', 'owners'),
  'directory.yml': directory(ticket),
});

test('a pattern without an example is found: people would be told nothing', async () => {
  const [finding] = await found('ticket-without-example', files({ pattern: '[A-Z]+-[0-9]+' }));
  expect(finding).toMatchObject({
    severity: 'warning',
    file: 'directory.yml',
    line: 1,
    subject: 'justification.ticket',
  });
});

test('with an example, or without a ticket, there is nothing to find', async () => {
  const codes = async (...args: Parameters<typeof lintOf>) =>
    (await lintOf(...args)).findings.map(({ code }) => code);
  expect(await codes(files({ pattern: '[A-Z]+-[0-9]+', example: 'OPS-12' }))).not.toContain(
    'ticket-without-example',
  );
  expect(await codes({ 'policies.cedar': permit('p', 'owners') })).not.toContain('ticket-without-example');
});
