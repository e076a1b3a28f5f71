import { wallClock } from '../compose/clock.js';
import { endAfterSurprise } from '../lambda/runtime.js';
import { sweepHandler } from '../lambda/sweep.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = sweepHandler({ now: wallClock, here: __dirname });
