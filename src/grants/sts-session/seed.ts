import type { Entitlement } from '../../domain/entitlement.js';
import type { KindSeed } from '../parts.js';

/** The role, and the managed policies that narrow it. */
export function stsSessionSeed({ grant: { config } }: Entitlement): KindSeed {
  const texts = (value: unknown) => [value].flat().filter((one) => typeof one === 'string');
  return { roles: texts(config['roleArn']), policies: texts(config['policyArns']), principals: false };
}
