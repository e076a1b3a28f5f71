import { wallClock } from '../run/wiring/clock.js';
import { endAfterSurprise } from '../log.js';
import { sweepHandler } from '../run/lambda/sweep.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = sweepHandler({ now: wallClock, here: __dirname });
