import type { Config, Secret } from '../../config.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import { failed, type Examined } from '../../kit/diagnosis.js';
import { ParameterFault } from '../../store/parameters.js';
import type { DoctorOutside } from './outside.js';

/** A secret's text, which goes nowhere but to where it belongs. */
export async function secret(
  name: string,
  from: Secret,
  { reveal }: Pick<DoctorOutside, 'reveal'>,
): Promise<{ text: string } | ReturnType<typeof failed>> {
  try {
    return { text: await reveal(from) };
  } catch (error) {
    if (!(error instanceof ParameterFault)) throw error;
    return failed(`${name}_PARAMETER: ${error.what}`, error.fix);
  }
}

/** Whether PagerDuty's key can be read, where directory.yml asks it who is on call. PagerDuty itself is not asked. */
export async function pagerDutyKey(
  { pagerDutyToken }: Pick<Config, 'pagerDutyToken'>,
  { onCall }: Pick<DirectoryConfig, 'onCall'>,
  outside: Pick<DoctorOutside, 'reveal'>,
): Promise<Examined<true>> {
  const sources = [onCall?.everything, ...Object.values(onCall?.groups ?? {})];
  if (!sources.some((source) => source && 'pagerduty' in source))
    return { skipped: 'directory.yml does not ask PagerDuty' };
  if (!pagerDutyToken)
    return failed(
      'directory.yml asks PagerDuty who is on call, and jit has no key for it',
      'set PAGERDUTY_TOKEN or PAGERDUTY_TOKEN_PARAMETER; on AWS, deploy with --param pagerDutyTokenParameter=…',
    );
  const key = await secret('PAGERDUTY_TOKEN', pagerDutyToken, outside);
  return 'problems' in key ? key : { value: true };
}
