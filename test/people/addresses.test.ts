import { principalOf } from '../../src/people/principal.js';
import { addressesIn, LIST, USERS } from '../../src/people/on-call/emails.js';
import { calendarIn } from '../../src/people/on-call/ical.js';
import { email as fromCommandLine } from '../../src/cli/policy/policy-folder.js';
import { emailsOf } from '../../src/cli/doctor/slack/people.js';
import { samePerson } from '../../src/domain/person.js';
import * as shapes from '../../src/policy/read/shapes.js';
import { startSlack } from '../../src/sandbox/slack/index.js';
import { slackPeople } from '../../src/slack/people.js';
import { web } from '../support/sandbox-slack.js';
import { config, HOUR, set, user } from '../support/directory.js';
import { slackAccount } from '../support/accounts.js';

/** One person, as each side may write her; a Mac writes the ring by itself. */
const WRITTEN = ['Åsa@corp.example', 'ÅSA@Corp.example', 'A\u030asa@corp.example', ' åsa@corp.example'];
const ASA = 'åsa@corp.example';

describe.each(WRITTEN)('invariant 4: %j is one person on every side', (written) => {
  test('in Slack, by account and by address', async () => {
    const users = [{ id: 'U0ASA', name: 'asa', email: written.trim() }];
    const double = await startSlack({ now: () => 1_000, signingSecret: 's', team: { id: 'T0CORP' }, users });
    try {
      const people = slackPeople(web(double), 'T0CORP');
      expect((await people.byId('U0ASA'))?.email).toBe(ASA);
      expect((await people.byEmail(ASA))?.email).toBe(ASA);
    } finally {
      await double.stop();
    }
  });

  test('in a list, as a manager and as whoever has one', async () => {
    const { users, make, more } = set(
      config({
        groups: { security: { members: [written] } },
        stages: [
          { name: 'manager', kind: 'manager' },
          { name: 'security', kind: 'group', group: 'security' },
        ],
        people: { [written]: { manager: written, iamUser: 'asa' } },
      }),
    );
    users.set('U0ASA', user('U0ASA', { email: ASA }));
    const people = make();
    const asa = { email: ASA, account: slackAccount('U0ASA') };
    expect((await people.groups({ ...asa })).groups).toEqual(['security']);
    expect((await people.candidates('security', 'ana@corp.example', [])).people).toEqual([asa]);
    expect((await people.candidates('manager', ASA, [])).people).toEqual([asa]);
    expect(people.principal(written)).toEqual({ type: 'user', name: 'asa' });
    expect(principalOf(ASA, more.settings)).toEqual({ type: 'user', name: 'asa' });
    expect(emailsOf(more.settings)).toEqual([ASA]);
  });

  test('in calendars, lists and rotas', async () => {
    const one = written.trim();
    const ical = [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'DTSTART:20261120T090000Z',
      'DTEND:20261120T170000Z',
      `ATTENDEE:mailto:${one}`,
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\r\n');
    const noon = Date.UTC(2026, 10, 20, 12);
    const span = { from: noon, to: noon + HOUR };
    const read = await calendarIn(Buffer.from(ical), { timezone: 'UTC', span });
    if (typeof read === 'string') throw new Error(read);
    expect(read.flatMap(({ emails }) => [...emails])).toEqual([ASA]);
    expect(addressesIn(JSON.stringify([one]), LIST)).toEqual(new Set([ASA]));
    expect(addressesIn(JSON.stringify({ users: [{ email: one }] }), USERS)).toEqual(new Set([ASA]));
  });

  test('in the policy folder, in cases, and typed in a terminal', () => {
    expect(shapes.email.parse(written.trim())).toBe(ASA);
    expect(fromCommandLine(written.trim())).toBe(ASA);
  });

  test('in a record of an earlier release', () => {
    const now = { email: ASA, account: slackAccount('U0ASA') };
    expect(samePerson({ ...now, email: written }, now)).toBe('same');
    expect(samePerson({ ...now, email: written, account: slackAccount('U0NEW') }, now)).toBe('changed');
  });
});

test('invariant 4: a Kelvin sign in Slack is not the k of somebody in a list', async () => {
  const { users, make } = set(config({ groups: { security: { members: ['kim@corp.example'] } } }));
  users.set('U0KIM', user('U0KIM', { email: '\u212aim@corp.example' }));
  const found = await make().person({ provider: 'slack', id: 'U0KIM' });
  if ('refusal' in found) throw new Error(found.refusal.code);
  expect((await make().groups(found.person)).groups).toEqual([]);
});
