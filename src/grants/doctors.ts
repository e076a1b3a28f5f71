import { iamPolicyDoctor } from './iam-policy/doctor.js';
import type { KindName } from './kinds.js';
import type { KindDoctor } from './parts.js';
import { stsSessionDoctor } from './sts-session/doctor.js';

const DOCTORS = {
  'sts-session': stsSessionDoctor,
  'iam-policy': iamPolicyDoctor,
} satisfies Record<KindName, KindDoctor>;

/** What `jit doctor` asks about each kind of `grantKinds`, by its name. */
export const kindDoctors: readonly (readonly [name: string, KindDoctor])[] = Object.entries(DOCTORS);
