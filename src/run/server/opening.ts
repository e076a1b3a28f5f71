import type { Receiver } from '@slack/bolt';
import type { Config } from '../../config.js';
import type { Ailing } from '../../ports/health.js';
import { socketMode } from '../../slack/wire/socket-mode.js';
import type { Incoming, Reply } from '../../ports/door.js';
import { frontDoor, type FrontDoor } from '../../slack/wire/front-door.js';
import { outOfService } from '../../slack/wire/out-of-service.js';
import type { LogAndClock } from '../outside.js';
import { notTaken, reveal } from '../wiring/slack-identity.js';
import { latePart, type LatePart } from '../wiring/late-part.js';

/** Without the signing secret jit cannot tell Slack from a stranger. */
const UNABLE: Reply = { status: 503, headers: {}, body: 'jit cannot start' };

/** Where requests come in. Until handlers are put behind it, it says that jit is out of service. */
interface SlackOpening extends LatePart<Receiver> {
  /** Over HTTP: Slack's signed requests. Socket Mode has none. */
  door?: Pick<FrontDoor, 'answer' | 'stop'>;
  close(): Promise<void>;
}

/**
 * The way in that is configured: a door whose signing secret has been read, or a socket that is open.
 * @param before called at each request, to put behind the door what may have come by now
 */
export function openingOf(
  { slack }: Pick<Config, 'slack'>,
  { now, log, ailing, before }: LogAndClock & { ailing: Ailing; before: () => void },
): SlackOpening {
  const { appToken, signingSecret, apiUrl: slackApiUrl } = slack;
  const closed = <R extends Receiver>(receiver: R): R => {
    outOfService({ receiver, slackApiUrl, log });
    return receiver;
  };

  if (appToken !== undefined) {
    let socket: Receiver | undefined;
    const opened = latePart<Receiver>(
      'slack-socket',
      async () => {
        socket ??= closed(await socketMode({ appToken, slackApiUrl, log, ailing }));
        await socket.start().catch((error: unknown) => {
          throw notTaken(error, 'SLACK_APP_TOKEN', 'apps.connections.open');
        });
        return socket;
      },
      { now, ailing },
    );
    return { ...opened, close: async () => void (await socket?.stop()) };
  }

  const read = latePart(
    'signing-secret',
    async () => closed(frontDoor({ signingSecret: await reveal(signingSecret), mode: 'at-once', now, log })),
    { now, ailing },
  );
  const answer = async (incoming: Incoming): Promise<Reply> => {
    before();
    return (await read.there()?.answer(incoming)) ?? UNABLE;
  };
  const stop = async () => void (await read.there()?.stop());
  return { ...read, door: { answer, stop }, close: stop };
}
