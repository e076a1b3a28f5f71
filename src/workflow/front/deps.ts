import type { Clock } from '../../ports/clock.js';
import type { RequestStore } from '../../ports/record.js';
import type { FactSources } from '../facts.js';
import type { InputDeps } from '../gather-inputs.js';

export interface FrontDeps extends FactSources, InputDeps {
  store: RequestStore;
  clock: Clock;
  newId: () => string;
  /** Something has changed: a process that can may look at once. The stream and the sweep are the guarantee. */
  wake: (id: string) => void;
}
