import { wallClock } from '../run/wiring/clock.js';
import { endAfterSurprise } from '../log.js';
import { streamHandler } from '../run/lambda/stream.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = streamHandler({ now: wallClock, here: __dirname });
