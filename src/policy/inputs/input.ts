import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Pdp } from '../../ports/policy.js';

export type RequestAsk = Parameters<Pdp['request']>[0];

/** One fact about a request for its Cedar context. Throws, with a sentence, when it cannot be read: that denies. */
export type ContextInput = (ask: RequestAsk, directory: DirectoryConfig) => Context;
