import type { Rule } from '../about.js';
import { emergencies } from './emergencies.js';
import { grants } from './grants.js';
import { names } from './names.js';
import { people } from './people.js';
import { quiet } from './quiet.js';
import { reach } from './reach.js';
import { rights } from './rights.js';
import { shadows } from './shadows.js';
import { stages } from './stages.js';
import { tickets } from './tickets.js';
import { votes } from './votes.js';

/** Every other file of this folder; the one that asks most of the models comes last. */
export const RULES: readonly Rule[] = [
  reach,
  stages,
  votes,
  people,
  quiet,
  names,
  tickets,
  rights,
  grants,
  emergencies,
  shadows,
];
