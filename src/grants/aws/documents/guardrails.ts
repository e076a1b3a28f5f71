import { onlyKeys, texts } from '../../check.js';
import { cidrProblem, publicCidrProblem } from './networks.js';
import { COMMERCIAL, partitionOfRegion, type Partition } from './partitions.js';
import { isObject } from '../../../domain/is-object.js';

/** What must hold while access is used. */
export type Guardrails = {
  sourceIp?: string[];
  vpcEndpoints?: string[];
  vpcSourceIp?: string[];
  regions?: string[];
  mfa?: true;
};

const KEYS = ['sourceIp', 'vpcEndpoints', 'vpcSourceIp', 'regions', 'mfa'] as const;
const ENDPOINT = /^vpce-[0-9a-f]{8,17}$/;

/**
 * Reads the catalog's `guardrails`.
 * @param where.noMfa why `mfa` cannot be kept here; undefined where it can
 * @param where.partition undefined: not known
 * @returns undefined where there are none; what is wrong is added to `problems`
 */
export function parseGuardrails(
  value: unknown,
  { noMfa, partition }: { noMfa: string | undefined; partition: Partition | undefined },
  problems: string[],
): Guardrails | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    problems.push('guardrails must be a mapping, such as { sourceIp: ["203.0.113.0/24"] }');
    return undefined;
  }
  onlyKeys(value, KEYS, 'guardrails', problems);
  const guardrails: Guardrails = {};
  const read = (key: Exclude<keyof Guardrails, 'mfa'>, check: Check): void => {
    if (value[key] === undefined) return;
    guardrails[key] = texts(value[key], `guardrails.${key}`, problems);
    for (const text of guardrails[key]) {
      const wrong = check(text);
      if (wrong) problems.push(`guardrails.${key}: ${wrong}`);
    }
  };
  read('sourceIp', publicCidrProblem);
  read('vpcEndpoints', shape(ENDPOINT, 'a VPC endpoint, such as vpce-0a1b2c3d4e5f67890'));
  read('vpcSourceIp', cidrProblem);
  read('regions', inPartition(partition));
  const partitions = new Set(guardrails.regions?.flatMap((region) => partitionOfRegion(region) ?? []));
  if (!partition && partitions.size > 1)
    problems.push('guardrails.regions are in several partitions of AWS: access is in one of them only');

  // Anybody can make a VPC with the same private addresses; AWS says never to use the key alone.
  if (guardrails.vpcSourceIp && !guardrails.vpcEndpoints) {
    problems.push(
      'guardrails.vpcSourceIp needs vpcEndpoints as well: anyone’s VPC can have the same private addresses',
    );
  }
  if (value['mfa'] !== undefined) {
    if (value['mfa'] !== true)
      problems.push('guardrails.mfa must be true; leave it out where MFA is not asked for');
    if (noMfa) problems.push(`guardrails.mfa: ${noMfa}`);
    guardrails.mfa = true;
  }
  return guardrails;
}

type Check = (text: string) => string | undefined;

function shape(pattern: RegExp, what: string): Check {
  return (text) => (pattern.test(text) ? undefined : `"${text}" is not ${what}`);
}

function inPartition(partition: Partition | undefined): Check {
  return (text) => {
    const found = partitionOfRegion(text);
    if (!found) return `"${text}" is not a region that jit knows, such as ${(partition ?? COMMERCIAL).home}`;
    if (!partition || found === partition) return undefined;
    return `"${text}" is in the partition ${found.name} of AWS, and the access in ${partition.name}: write one of its regions, such as ${partition.home}`;
  };
}
