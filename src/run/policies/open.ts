import type { Config } from '../../config.js';
import type { Millis } from '../../domain/entitlement.js';
import { partitionOfRegion } from '../../grants/aws/documents/partitions.js';
import { grantKinds } from '../../grants/kinds.js';
import { within } from '../../kit/deadline.js';
import { explainer } from '../../policy/explain/index.js';
import { livePolicies, type LivePolicies } from '../../policy/live/live.js';
import { asLine, type LoadOptions } from '../../policy/load.js';
import { folderSource, type After, type PolicySource } from '../../policy/live/source.js';
import { withDecisionLog } from '../../workflow/decision-log.js';
import type { LogAndClock } from '../outside.js';
import { stopwatch } from '../wiring/clock.js';
import { StartFault } from '../wiring/late-part.js';
import { copySource, heldBefore, noteWriter } from './notes.js';
import type { Notes } from '../../ports/record.js';
import { logStatus } from './status-lines.js';

/** No person waits for it while the self-hosted process runs. */
const PATIENCE: Millis = 10_000;
/** Begins the sentence about a look that took longer. */
const LATE = 'no answer';

type Where = Pick<Config, 'policyDir' | 'policyObject' | 'region'>;

export interface OpenOptions extends LogAndClock {
  /** Undefined: AWS does not say it now. */
  ownAccount?: () => Promise<string | undefined>;
  /** The same of the partition; default: that of the configured region. */
  ownPartition?: () => string | undefined;
  notes: Notes;
  /** Goes on where nothing loads: what ends access needs no policies. */
  evenNone?: boolean | undefined;
  /** For one look at S3, or at a note. */
  patience?: Millis;
  /** How far apart two looks at the folder are that must find the same; 0 where no writer can exist. */
  apart?: Millis | undefined;
  after?: After;
  prepared?: LoadOptions['prepared'];
}

/**
 * The policies of an object in S3 or of a folder, each decision in the log. While there is nothing good in S3 at the
 * start, its last good version counts, or the engine's copy of it for a day; after that those of the folder stand in.
 * @throws StartFault with everything that is wrong, unless there may be none
 */
export async function openPolicies(where: Where, options: OpenOptions): Promise<LivePolicies> {
  const { log, now, ownAccount, notes, after, evenNone, prepared, patience = PATIENCE } = options;
  const configured = partitionOfRegion(where.region ?? '')?.name;
  const ownPartition = () => options.ownPartition?.() ?? configured;
  const sources = await sourcesOf(where, options);
  const [{ name }] = sources;
  const before = await within(patience, () => heldBefore(notes), LATE).catch((error: unknown) => {
    log.warn({ err: error }, 'which policies counted last cannot be read');
    return undefined;
  });
  const policies = await livePolicies(
    sources,
    { kinds: grantKinds, explain: explainer, prepared },
    {
      now,
      ownAccount,
      ownPartition,
      evenNone,
      before,
      ...(after && { after }),
      dress: (loaded) => withDecisionLog(loaded, log, stopwatch),
      told: (status) => logStatus(status, { log, now, live: name }),
      counts: noteWriter(notes, { name, inObject: where.policyObject !== undefined }, { now, log }),
    },
  );
  if ('problems' in policies) throw new StartFault(policies.problems.map(asLine));
  logStatus(policies.status(), { log, now, live: name });
  return policies;
}

/** Where policies are looked for, in this order. The first is the one that counts. */
async function sourcesOf(
  { policyDir, policyObject }: Where,
  { ownAccount, notes, patience = PATIENCE, apart }: OpenOptions,
): Promise<[PolicySource, ...PolicySource[]]> {
  const folder = folderSource(policyDir, apart === undefined ? {} : { apart });
  if (!policyObject) return [folder];
  // A process that keeps its policies in a folder does not wait for S3's client to load.
  const { objectSource } = await import('./object-source.js');
  const { live, lastGood } = objectSource(policyObject, { owner: ownAccount, limit: patience });
  const copy = copySource(notes, live.name);
  return [
    live,
    lastGood(notes),
    { ...copy, read: () => within(patience, () => copy.read(), LATE) },
    { ...folder, standsIn: true },
  ];
}
