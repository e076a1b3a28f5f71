import type { Config } from '../../config.js';
import type { DoctorOutside } from './outside.js';
import type { Millis } from '../../domain/entitlement.js';
import { partitionOfRegion } from '../../grants/aws/documents/partitions.js';
import type { Caller } from '../../grants/aws/inspect.js';
import { grantKinds } from '../../grants/kinds.js';
import type { CaseResult } from '../../policy/cases/run.js';
import { asLine, loadTexts, type LoadOptions } from '../../policy/load.js';
import { readFiles, type PolicyFiles } from '../../policy/live/source.js';
import type { Parts } from '../../policy/policy.js';
import type { Bundle } from '../../ports/policy.js';
import { bucketVersioning } from '../../store/policy-object.js';
import { counted, failed, wrong, type Diagnosis, type Examined } from '../../kit/diagnosis.js';

type Where = Pick<Config, 'policyDir' | 'policyObject' | 'region'>;
/** A bundle, what it was made of, and the files of that. */
interface Policies extends Bundle {
  parts: Parts;
  files: PolicyFiles;
}

type Judged = Exclude<Examined<Policies>, { skipped: string }>;

const PATIENCE: Millis = 10_000;
const LOOK = 'check it: it loads, but may not be what you mean';

/**
 * The policies that count, and whether those load that stand in for them.
 * @param caller undefined: AWS has not said which account this is
 */
export async function policyBundle(
  { policyDir, policyObject, region = '' }: Where,
  caller: Caller | undefined,
  { policyObject: inS3 }: Pick<DoctorOutside, 'policyObject'>,
): Promise<Judged> {
  const ownPartition = caller?.arn.split(':')[1] ?? partitionOfRegion(region)?.name;
  const own = { ownPartition, ...(caller && { ownAccount: caller.account }) };
  const folder = judge(policyDir, await readFiles(policyDir), own);
  if (!policyObject) return folder;
  const live = inS3(policyObject, { owner: caller?.account, limit: PATIENCE });
  const read = await live.read().catch(messageOf);
  if (typeof read !== 'object')
    return failed(
      `${live.name}: ${read ?? 'no answer'}`,
      'check AWS_REGION, the AWS credentials and that this machine reaches S3; until then the last good policies stay in force',
    );
  const { warnings = [], ...found } = judge(live.name, read.files, own);
  warnings.push(...judgeVersioning(policyObject.bucket, await bucketVersioning(policyObject.bucket)));
  if (folder.problems) {
    const what = `the folder ${policyDir}, which jit uses while S3 has no good policies, does not load`;
    warnings.push({ what, fix: 'jit policy validate says why' });
  }
  return { ...found, warnings };
}

type Own = Pick<LoadOptions, 'ownAccount' | 'ownPartition'>;

function judge(name: string, files: PolicyFiles, own: Own): Judged {
  const loaded = loadTexts(name, files.rules, { kinds: grantKinds, ...own });
  if ('problems' in loaded) {
    const fix =
      'correct it; the program does not start with it' +
      (own.ownAccount === undefined
        ? ' (fix the AWS identity first: jit does not know its own account)'
        : '');
    return { problems: loaded.problems.map((problem) => ({ what: asLine(problem), fix })) };
  }
  const { bundle, parts } = loaded;
  return {
    value: { ...bundle, parts, files },
    about: `${counted(bundle.entitlements.size, 'entitlement')}, bundle ${bundle.hash.slice(0, 12)}`,
    warnings: bundle.warnings.map((warning) => ({ what: asLine(warning), fix: LOOK })),
  };
}

/** Whether the bucket keeps what was good before, for when something broken lies on top. */
export function judgeVersioning(bucket: string, versioning: boolean | { error: string }): Diagnosis[] {
  if (versioning === true) return [];
  if (versioning === false)
    return wrong(
      `the bucket ${bucket} keeps no versions: the last good policies are lost when they are overwritten`,
      `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
    );
  return wrong(
    `jit cannot read whether the bucket ${bucket} keeps versions (${versioning.error})`,
    'allow these credentials s3:GetBucketVersioning on it, or check yourself',
  );
}

export function judgeCases(results: CaseResult[]): Examined<true> {
  const problems = results
    .filter(({ passed }) => !passed)
    .flatMap((result) => {
      const message = `"${result.name}": expected ${result.expected}, got ${result.actual}`;
      return wrong(asLine({ ...result, message }), 'correct the policy, or the case if the policy is right');
    });
  const none = wrong(
    'the folder has no cases',
    'write in cases/*.yml what your policies must answer: jit then refuses a change that breaks it',
  );
  const about = counted(results.length, 'case');
  return { problems, about, warnings: results.length === 0 ? none : [], value: true };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : 'unknown');
