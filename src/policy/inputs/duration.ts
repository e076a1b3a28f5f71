import { cedarDuration } from '../cedar/values.js';
import type { ContextInput } from './input.js';

export const duration: ContextInput = (ask) => ({ duration: cedarDuration(ask.duration) });
