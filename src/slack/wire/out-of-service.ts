import { App, type Receiver, type ViewResponseAction } from '@slack/bolt';
import type { Logger } from 'pino';
import { impatient } from './bolt.js';
import { slackLogger } from './slack-logger.js';
import { isObject } from '../../domain/is-object.js';
import { at } from './payload.js';

const NOTICE =
  'jit is out of service: something that it needs is missing or broken, so nobody can ask for access, approve it or get it until that is fixed. ' +
  'Access that was given still ends on time. Please tell the people who run jit: its log says what is wrong, under “jit cannot start” or “jit only ends access”.';

/** Answers whatever Slack has signed by saying that nothing is given; calls nothing of Slack's but response URLs. */
export function outOfService(options: { receiver: Receiver; slackApiUrl: string; log: Logger }): void {
  const { receiver, slackApiUrl, log } = options;
  const app = new App({
    receiver,
    // Whether there is a good token is not known; with all three given, Bolt does not ask.
    token: 'xoxb-none',
    botId: 'B0',
    botUserId: 'U0',
    tokenVerificationEnabled: false,
    convoStore: false,
    logger: slackLogger(log),
    clientOptions: { slackApiUrl, fetch: impatient(slackApiUrl) },
  });
  app.command(/^/, async ({ ack }) => ack({ response_type: 'ephemeral', text: NOTICE }));
  app.view(/^/, async ({ ack, body }) => ack(inView(body.view)));
  app.action(/^/, async ({ ack, respond }) => {
    await ack();
    // Where there is no response URL, as in a modal, nothing more can be said.
    await Promise.resolve(
      respond?.({ response_type: 'ephemeral', replace_original: false, text: NOTICE }),
    ).catch((error: unknown) => log.warn({ err: error }, 'a response URL did not work'));
  });
}

/** At the first input of the form, so that what was typed stays; a form without any becomes the notice. */
function inView(view: unknown): ViewResponseAction {
  const values = at(view, 'state', 'values');
  const [block] = isObject(values) ? Object.keys(values) : [];
  if (block !== undefined) return { response_action: 'errors', errors: { [block]: NOTICE } };
  return {
    response_action: 'update',
    view: {
      type: 'modal',
      title: { type: 'plain_text', text: 'Out of service' },
      blocks: [{ type: 'section', text: { type: 'plain_text', text: NOTICE } }],
    },
  };
}
