import { asking } from './asking.js';
import { anything } from './chance.js';
import { confirming } from './confirming.js';
import { ending } from './ending.js';
import type { Wrong } from './kinds.js';
import { lessAndQuestions } from './less-and-questions.js';
import { making } from './making.js';
import { ofAnyType } from './of-any-type.js';
import { starting } from './starting.js';
import { reviewing } from './reviewing.js';
import { using } from './using.js';
import { voting } from './voting.js';
import { waiting } from './waiting.js';

/** Every kind of wrongness that anybody has thought of. */
export const wrongs: Wrong[] = [
  ...ofAnyType,
  ...asking,
  ...voting,
  ...lessAndQuestions,
  ...confirming,
  ...starting,
  ...making,
  ...using,
  ...waiting,
  ...ending,
  ...reviewing,
  ...anything,
];
