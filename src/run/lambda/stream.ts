import { StartFault } from '../wiring/start-fault.js';
import { readLambdaConfig } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { engineOf } from './engine.js';
import { cannotStart, endIfTrapped, logOf, timeLeft, type Invocation, type Container } from './runtime.js';
import { sideBySide } from '../../kit/side-by-side.js';
import { wokenBy } from './stream-event.js';

/** A batch begins nothing after this: what is left comes again, with whatever began to end meanwhile. */
const LONG: Millis = 5_000;

/** Where Lambda is to begin again; without any, the batch is done. */
export interface BatchResult {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * What the table's stream wakes: each request that a batch names is advanced once, since that does all that is due
 * for it. One that cannot be put on record now comes again; what cannot start is left to the sweep.
 */
export function streamHandler(
  container: Container,
): (event: unknown, invocation?: Invocation) => Promise<BatchResult> {
  const config = readLambdaConfig('engine', container);
  const log = logOf('problems' in config ? 'info' : config.logLevel, container);
  const open = 'problems' in config ? undefined : engineOf(config, container, { log });
  return async (event, invocation = {}) => {
    const { requests, unknown } = wokenBy(event);
    if (unknown > 0) log.error({ unknown }, 'stream records of an unknown shape were passed over');
    if (requests.length === 0) return failures([]);
    const again: { first: string }[] = [];
    try {
      if (!open) throw new StartFault('problems' in config ? config.problems : []);
      const { engine } = await open(invocation);
      const begun = container.now();
      // No ending waits behind the sessions and messages of the other requests of the batch.
      if (requests.length > 1)
        await sideBySide(
          requests,
          ({ id }) => engine.end(id).catch(() => undefined), // Said below, when it is advanced.
          () => timeLeft(invocation),
        );
      const notBegun = await sideBySide(
        requests,
        async (request) => {
          try {
            await engine.advance(request.id);
          } catch (error) {
            again.push(request);
            log.error(
              { request: request.id, err: error },
              'could not be advanced; the stream brings it again',
            );
          }
        },
        () => timeLeft(invocation) && container.now() - begun < LONG,
      );
      if (notBegun.length > 0) log.warn({ left: notBegun.length }, 'too little time for the whole batch');
      again.push(...notBegun);
    } catch (error) {
      cannotStart(log, error);
      // What is wrong with the deployment is still wrong at the next try; anything else may pass.
      if (!(error instanceof StartFault)) again.push(...requests.slice(0, 1));
    }
    endIfTrapped(log, container);
    return failures(again);
  };
}

/** Lambda begins again at the lowest of them; what was done after it is done twice, and comes out the same. */
function failures(again: { first: string }[]): BatchResult {
  return { batchItemFailures: again.map(({ first }) => ({ itemIdentifier: first })) };
}
