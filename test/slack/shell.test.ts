import { grantKinds } from '../../src/grants/kinds.js';
import type { Front } from '../../src/ports/front.js';
import { SHELLS } from '../../src/ports/shell.js';
import { boltApp } from '../../src/slack/app.js';
import { requestClient } from '../../src/slack/wire/clients.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import { T0 } from '../support/requests.js';
import {
  bundleOf,
  fakeFront,
  form,
  logTo,
  SECRET,
  signed,
  slackStandIn,
  TEAM,
  wordsIn,
  type StandIn,
} from '../support/slack.js';

const ANA = { provider: 'slack', id: 'UANA', tenant: TEAM };

let slack: StandIn;
beforeEach(async () => {
  slack = await slackStandIn();
});
afterEach(() => slack.close());

function start(answers: Partial<Front>) {
  const { front, calls } = fakeFront(answers);
  const log = logTo([]);
  const door = frontDoor({ signingSecret: SECRET, mode: 'when-done', now: () => T0, log });
  const client = requestClient({ token: 'xoxb-secret', slackApiUrl: slack.apiUrl, log });
  boltApp(
    { front, slack: client, bundle: bundleOf(), kinds: grantKinds, log, now: () => T0 },
    { receiver: door, botToken: 'xoxb-secret', botId: 'B1', botUserId: 'UBOT' },
  );
  const type = async (text: string) => {
    const about = { trigger_id: 'T.1', response_url: slack.hook };
    const command = { command: '/jit', user_id: 'UANA', team_id: TEAM, channel_id: 'C1', text, ...about };
    const { body } = await door.answer(signed(form(command)));
    return wordsIn((JSON.parse(body) as { blocks: unknown[] }).blocks);
  };
  return { calls, type };
}
const remembering: Partial<Front> = {
  shell: async () => ({ ok: 'fish' }),
  useShell: async (_, shell) => ({ ok: shell }),
};

describe('/jit shell', () => {
  test('alone says which one is chosen, and what else there is', async () => {
    const { type, calls } = start(remembering);
    const words = await type('shell');
    expect(words).toContain('Credentials are shown to you for *fish*.');
    for (const shell of SHELLS) expect(words.includes(`\`/jit shell ${shell}\``)).toBe(shell !== 'fish');
    expect([calls.shell, calls.useShell]).toEqual([[[ANA]], []]);
  });

  test.each([
    ['powershell', 'powershell', 'PowerShell'],
    ['PowerShell', 'powershell', 'PowerShell'],
    ['`pwsh`', 'powershell', 'PowerShell'],
    ['zsh', 'bash', 'bash or zsh'],
    ['CMD.exe', 'cmd', 'cmd'],
    ['fish', 'fish', 'fish'],
  ])('%s chooses %s', async (typed, shell, name) => {
    const { type, calls } = start(remembering);
    expect(await type(`shell ${typed}`)).toContain(`From now on credentials are shown to you for *${name}*.`);
    expect(calls.useShell).toEqual([[ANA, shell, expect.any(String)]]);
  });

  test.each(['csh', '__proto__', 'constructor', '<!channel>'])(
    '%s is none: nothing is remembered',
    async (typed) => {
      const { type, calls } = start(remembering);
      const words = await type(`shell ${typed}`);
      expect(words).toMatch(
        /is no shell that jit knows\. Choose one: bash \(bash or zsh\), powershell \(PowerShell\), cmd, fish\./,
      );
      expect(words).not.toContain('<!channel>');
      expect(calls.useShell).toEqual([]);
    },
  );

  test('whoever may not is told why', async () => {
    const { type } = start({ useShell: async () => ({ refusal: { code: 'busy' } }) });
    expect(await type('shell fish')).not.toContain('From now on');
  });
});
