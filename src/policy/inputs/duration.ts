import type { CedarValueJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Millis } from '../../domain/entitlement.js';
import type { Input } from './index.js';

export const duration: Input = (ask) => ({ duration: cedarDuration(ask.duration) });

export function cedarDuration(duration: Millis): CedarValueJson {
  if (!Number.isSafeInteger(duration) || duration <= 0)
    throw new Error('the duration is not a length of time');
  return { __extn: { fn: 'duration', arg: `${duration}ms` } };
}
