import { cedarDuration } from '../cedar/values.js';
import type { Input } from './input.js';

export const duration: Input = (ask) => ({ duration: cedarDuration(ask.duration) });
