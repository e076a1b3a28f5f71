import type { Input } from './index.js';

/** Nobody can declare one yet, so it is never one. */
export const emergency: Input = () => ({ emergency: false });
