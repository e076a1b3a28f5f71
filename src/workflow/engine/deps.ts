import type { Provisioner } from '../../ports/access.js';
import type { Clock } from '../../ports/clock.js';
import type { Notifier } from '../../ports/messages.js';
import type { OnCall } from '../../ports/policy.js';
import type { EngineStore } from '../../ports/record.js';
import type { FactSources } from '../facts.js';
import type { Log } from '../../kit/log.js';

export interface EngineDeps extends FactSources {
  store: EngineStore;
  provisioners: Record<string, Provisioner>;
  notifier: Notifier;
  clock: Clock;
  onCall: OnCall;
  log: Log;
}
