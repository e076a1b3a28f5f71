import { whoWeAre } from '../../../src/run/wiring/slack-identity.js';
import { judgeBot } from '../../../src/cli/doctor/slack/token.js';
import { slackInspection } from '../../../src/slack/inspect.js';
import { startSlack, type SlackDouble } from '../../../src/sandbox/slack/index.js';
import { slackPeople } from '../../../src/slack/people.js';
import { web } from '../../support/sandbox-slack.js';

let double: SlackDouble;
beforeEach(async () => {
  double = await startSlack({
    now: () => 1_000,
    signingSecret: 's',
    team: { id: 'T0CORP' },
    enterprise: 'E0CORP',
    users: [],
    usergroups: [{ id: 'S0ENG', handle: 'eng', users: ['U0ANA'] }],
  });
});
afterEach(() => double.stop());

const slackOf = (teamId?: string) => ({
  botToken: { value: double.botToken },
  signingSecret: { value: 's' },
  apiUrl: double.apiUrl,
  ...(teamId !== undefined && { teamId }),
});

describe('an app that is installed for a whole organisation', () => {
  test('must be told which workspace is served, and says so at the start', async () => {
    await expect(whoWeAre({ slack: slackOf() }, double.botToken)).rejects.toThrow('SLACK_TEAM_ID is missing');
    expect(await whoWeAre({ slack: slackOf('T0CORP') }, double.botToken)).toEqual({
      teamId: 'T0CORP',
      botId: double.botId,
      botUserId: double.botUserId,
    });
  });

  test('names it where Slack wants it named', async () => {
    expect(await slackPeople(web(double), 'T0CORP').groups()).toEqual({ S0ENG: ['U0ANA'] });
    expect(await slackInspection(web(double)).usergroups('T0CORP')).toMatchObject({
      groups: [{ id: 'S0ENG' }],
    });
  });

  test('the doctor says it too', async () => {
    const bot = await slackInspection(web(double)).token();
    expect(judgeBot(bot, slackOf())).toMatchObject({
      problems: [{ what: expect.stringContaining('whole organisation'), fix: expect.stringContaining('T…') }],
    });
    expect(judgeBot(bot, slackOf('T0CORP'))).toMatchObject({ about: expect.stringContaining('T0CORP') });
  });
});
