import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cardWith, copyOfPolicies, livingIn, MINUTE, serveCompany, textOf } from '../support/company.js';

type Company = Awaited<ReturnType<typeof serveCompany>>;
/** Who is in the two stages. */
const LEADS = ['U0BOB', 'U0DAN', 'U0OLI'];
const SECURITY = ['U0SAM', 'U0KIM', 'U0LEE'];
const CHANNELS = ['C0ACCESS', 'C0SECURITY', 'C0PRODACCESS'];

/** The default policies with a stage of three in the place of the manager, and so many of each stage who must agree. */
function policies(tell: 'channel' | 'people', quorum: number): string {
  const folder = copyOfPolicies();
  const change = (file: string, ...changes: [string, string][]) => {
    const path = join(folder, file);
    const text = changes.reduce(
      (before, [from, to]) => {
        if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
        return before.replace(from, to);
      },
      readFileSync(path, 'utf8'),
    );
    writeFileSync(path, text);
  };
  change('production.cedar', ['manager, 2 of security', `${quorum} of leads, ${quorum} of security`]);
  change(
    'directory.yml',
    ['groups:\n', 'groups:\n  leads: { members: [bob@corp.example, dan@corp.example, oli@corp.example] }\n'],
    ['  owners: {', `  leads: { group: leads, tell: ${tell} }\n  owners: {`],
    ['group: security, channel: C0SECURITY,', `group: security, channel: C0SECURITY, tell: ${tell},`],
  );
  return folder;
}

const asked = {
  entitlement: 'orders-db-admin',
  duration: '1h',
  justification: 'adding an index to orders',
  ticket: 'OPS-12',
};

/** Each approves where they were asked: in their direct messages, else in a channel. */
async function approve(it: Company, who: string): Promise<void> {
  const where = [...it.slack.dms(who), ...CHANNELS.flatMap(it.slack.messages)];
  await it.click(who, cardWith(where, 'approve'), 'approve');
}

describe.each([1, 2, 3])('a request with two stages of three people, of whom %i must agree', (quorum) => {
  test.each([
    ['told in channels', 'channel', undefined],
    ['told by direct messages', 'people', undefined],
    ['told in channels that none of them is in, so that each has a copy', 'channel', ['U0ANA']],
  ] as const)('takes thirty calls of Slack at most: all are %s', async (_, tell, members) => {
    const it = await serveCompany({ policyDir: policies(tell, quorum) });
    try {
      if (members) for (const id of CHANNELS) it.slack.changeChannel(id, { members: [...members] });
      const before = it.slack.calls().length;
      await it.ask('U0ANA', asked);
      for (const stage of [LEADS, SECURITY]) for (const who of stage.slice(0, quorum)) await approve(it, who);
      // The word that it ends soon, and the end.
      await it.pass(50 * MINUTE);
      await it.pass(11 * MINUTE);
      expect(textOf(livingIn(it.slack.dms('U0ANA')))).toContain('has ended');
      const sent = it.slack
        .calls()
        .slice(before)
        .filter(({ method }) => /^chat\.|^conversations\./.test(method));
      expect(sent.length).toBeLessThanOrEqual(30);
    } finally {
      await it.close();
    }
  });
});
