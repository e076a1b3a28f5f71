import { wallClock } from '../compose/clock.js';
import { endAfterSurprise } from '../lambda/runtime.js';
import { streamHandler } from '../lambda/stream.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = streamHandler({ now: wallClock, here: __dirname });
