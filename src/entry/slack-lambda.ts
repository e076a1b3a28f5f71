import '../run/lambda/wasm-tiers.js';
import { wallClock } from '../run/wiring/clock.js';
import { endAfterSurprise } from '../log.js';
import { slackHandler } from '../run/lambda/slack.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = slackHandler({ now: wallClock, here: __dirname });
