import type { Stage } from '../../domain/chain.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { Entitlement } from '../../domain/entitlement.js';
import { rowOf } from '../../domain/objects.js';
import type { State } from '../../domain/request/state.js';
import { spelled } from '../../words/english.js';
import { because, policyIds } from '../../words/reason.js';
import { standing as standingWith } from '../../words/state.js';
import { free, line, pen, when, whenExactly } from './mrkdwn.js';

/** The name of what was asked for, escaped; of an emergency, with that. */
export function nameOf({ entitlement: { name }, emergency }: State): string {
  return `${free(name, 150)}${emergency ? ' (emergency)' : ''}`;
}

/** `*Orders database admin* for 1 hour`, and where it was asked for later: `from Nov 21st, 2026 6:00 PM`. */
export function what(state: State): string {
  const { duration, startsAt } = state;
  return `*${nameOf(state)}* for ${spelled(duration)}${startsAt === undefined ? '' : ` from ${when(startsAt)}`}`;
}

/** What people call an account, escaped; undefined where directory.yml gives it no name. */
export function accountName(
  account: string,
  { accountNames = {} }: Pick<DirectoryConfig, 'accounts'> & { accountNames?: Record<string, string> },
): string | undefined {
  const name = rowOf(accountNames, account);
  return name === undefined ? undefined : line(name, 80);
}

/** `production · Corp Prod · *high risk*`: the account by its name, where that says more than the environment does. */
export function placeOf(
  { environment, account, risk }: Pick<Entitlement, 'environment' | 'account' | 'risk'>,
  directory: DirectoryConfig,
): string {
  const name = accountName(account, directory);
  const says = name !== undefined && name.toLowerCase() !== line(environment, 100).toLowerCase();
  const where = [line(environment, 100), ...(says ? [name] : [])];
  return [...where, risk === 'high' ? '*high risk*' : `${risk} risk`].join(' · ');
}

/** Who decides at a stage, in plain words. */
export function stageName({ name }: Stage, { stages }: DirectoryConfig): string {
  const kind = stages.find((stage) => stage.name === name)?.kind;
  if (kind === 'manager') return 'the manager';
  return kind === 'owners' ? 'the owners' : free(name, 100);
}

/** Where a request stands, in one line of mrkdwn. */
export function standing(state: State): string {
  return standingWith(state, pen);
}

/** Why it closed or failed, as mrkdwn, with what to do about it; undefined where its state carries no reason. */
export function whyOf(state: State): string | undefined {
  const reason = state.status === 'closed' || state.status === 'ending' ? state.reason : undefined;
  return reason && because(reason, pen);
}

/** What jit read back from AWS once the access was gone. */
export function proofOf(state: State): string | undefined {
  if (state.status !== 'closed' || !state.proof) return undefined;
  const { evidence, checkedAt } = state.proof;
  return `Gone, checked ${whenExactly(checkedAt)}: ${free(evidence, 800)}`;
}

export function policies(ids: string[]): string {
  return policyIds(ids, pen);
}
