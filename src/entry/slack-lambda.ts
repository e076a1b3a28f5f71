import { wallClock } from '../compose/clock.js';
import { endAfterSurprise } from '../lambda/runtime.js';
import { slackHandler } from '../lambda/slack.js';

endAfterSurprise();

/** Bundled as CommonJS, where `__dirname` is the folder of the bundle. */
export const handler = slackHandler({ now: wallClock, here: __dirname });
