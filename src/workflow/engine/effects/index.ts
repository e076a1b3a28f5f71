import type { Effect } from '../../../domain/request/effects.js';
import type { Head } from '../../../domain/request/head.js';
import type { Owed } from '../../../domain/request/outbox.js';
import type { CarryOut, EffectOutcome, EngineDeps } from '../effect.js';
import { cards } from './cards.js';
import { cleanUp } from './clean-up.js';
import { confirm } from './confirm.js';
import { escalate } from './escalate.js';
import { incident } from './incident.js';
import { extend } from './extend.js';
import { living } from './living.js';
import { lookAhead } from './look-ahead.js';
import { mint } from './mint.js';
import { noCredentials } from './no-credentials.js';
import { noteUse } from './note-use.js';
import { passedOver } from './passed-over.js';
import { preflight } from './preflight.js';
import { provision } from './provision.js';
import { remind } from './remind.js';
import { reviewDue } from './review-due.js';
import { replace } from './replace.js';
import { revoke } from './revoke.js';
import { tell } from './tell.js';

/** How each effect is carried out. */
export const CARRIED_OUT = {
  preflight,
  confirm,
  'look-ahead': lookAhead,
  provision,
  extend,
  replace,
  revoke,
  mint,
  'clean-up': cleanUp,
  cards,
  living,
  tell,
  'note-use': noteUse,
  remind,
  escalate,
  incident,
  'passed-over': passedOver,
  'review-due': reviewDue,
  'no-credentials': noCredentials,
} satisfies { [T in Effect['type']]: CarryOut<T> };

/** Carries out what is owed. */
export function carryOut(deps: EngineDeps, head: Head, owed: Owed): Promise<EffectOutcome> {
  // The row is that of the effect's own type, which the compiler cannot follow.
  const row = CARRIED_OUT[owed.effect.type] as CarryOut<Effect['type']>;
  return row(deps, head, owed);
}
