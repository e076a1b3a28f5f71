import type { Receiver, ViewResponseAction } from '@slack/bolt';
import type { Logger } from 'pino';
import { isObject } from '../../domain/is-object.js';
import { bolt } from './bolt.js';
import { at } from './payload.js';

const NOTICE =
  'jit is out of service: something that it needs is missing or broken, so nobody can ask for access, approve it or get it until that is fixed. ' +
  'Access that was given still ends on time. Please tell the people who run jit: its log says what is wrong, under “jit cannot start” or “jit only ends access”.';

/** Answers each signed request with a notice that jit is out of service. Of Slack it calls response URLs only. */
export function outOfService(options: { receiver: Receiver; slackApiUrl: string; log: Logger }): void {
  const { receiver, slackApiUrl, log } = options;
  // There may be no good token.
  const app = bolt({
    receiver,
    slackApiUrl,
    log,
    bot: { botToken: 'xoxb-none', botId: 'B0', botUserId: 'U0' },
  });
  app.command(/^/, async ({ ack }) => ack({ response_type: 'ephemeral', text: NOTICE }));
  app.shortcut(/^/, async ({ ack, body, respond }) => {
    await ack();
    // One that is not on a message has no response URL.
    if (at(body, 'response_url') === undefined) return;
    await respond({ response_type: 'ephemeral', text: NOTICE }).catch((error: unknown) =>
      log.warn({ err: error }, 'a response URL did not work'),
    );
  });
  app.view(/^/, async ({ ack, body }) => ack(inView(body.view)));
  app.action(/^/, async ({ ack, respond }) => {
    await ack();
    // In a modal there is no response URL, and so no way to answer.
    await Promise.resolve(
      respond?.({ response_type: 'ephemeral', replace_original: false, text: NOTICE }),
    ).catch((error: unknown) => log.warn({ err: error }, 'a response URL did not work'));
  });
}

/** At the form's first input, so that what the person typed stays; a form without inputs becomes the notice. */
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
