import { formatDuration } from '../../../domain/duration.js';
import type { Entitlement, JsonObject } from '../../../domain/entitlement.js';
import type { Rule } from '../about.js';
import { listed, type LintFound } from '../finding.js';
import { isProduction } from '../production.js';

type Code =
  | 'entitlement-unreachable'
  | 'duration-never-permitted'
  | 'policy-error'
  | 'auto-high-risk'
  | 'auto-medium-production'
  | 'auto-in-emergency'
  | 'auto-shared-role'
  | 'not-proven';

/** What can be asked for: whoever asks, whenever, with whatever ticket and inputs. */
export const reach: Rule<Code> = {
  codes: {
    'entitlement-unreachable': 'error',
    'duration-never-permitted': 'warning',
    'policy-error': 'error',
    'auto-high-risk': 'error',
    'auto-medium-production': 'warning',
    'auto-in-emergency': 'note',
    'auto-shared-role': 'warning',
    'not-proven': 'note',
  },

  // oxlint-disable-next-line max-lines-per-function -- one rule, read from top to bottom
  find({ parts, space, inCatalog }) {
    const found: LintFound<Code>[] = [];
    for (const entitlement of parts.entitlements.values()) {
      const { id: subject, risk } = entitlement;
      const answers = space.answers(entitlement);
      const say = (code: Code, path: string[], explanation: string, remedy: string) =>
        void found.push({ code, at: inCatalog(subject, path), subject, explanation, remedy });

      const open = space.open(entitlement);
      if (open.length > 0)
        say(
          'not-proven',
          [],
          `not understood: ${listed(open)}; so more may be asked for than was found, or less`,
          'compare what a policy reads with one value, or do not rely on what was found of it',
        );
      const permitted = answers.filter(({ chain }) => chain !== undefined);
      if (permitted.length === 0 && open.length > 0) continue;
      if (permitted.length === 0) {
        say(
          'entitlement-unreachable',
          [],
          `nobody can ask for it, whatever groups they are in (what stops it: ${whatStops(space.refusals(entitlement))})`,
          'write a permit whose scope takes it in, mend the forbids, or take it out of the catalog',
        );
      } else {
        for (const duration of entitlement.durations) {
          if (open.length > 0 || permitted.some((answer) => answer.duration === duration)) continue;
          const why = whatStops(space.refusals(entitlement, duration));
          const text = formatDuration(duration);
          say(
            'duration-never-permitted',
            ['durations'],
            `${text} is offered, and no policy ever permits it (what stops it: ${why})`,
            `take ${text} out of durations, or change the policy`,
          );
        }
      }

      const errors = space.errors(entitlement);
      if (errors.length > 0) {
        say(
          'policy-error',
          [],
          `some requests are denied because a policy errs: ${listed(errors)}`,
          'guard what may be absent with `has` or `hasTag`',
        );
      }

      const auto = permitted.filter(({ chain }) => chain?.length === 0);
      const careful = risk === 'high' || (risk === 'medium' && isProduction(entitlement.environment));
      const shared = auto.length > 0 ? othersOfRole(parts.entitlements.values(), entitlement) : [];
      if (shared.length > 0) {
        say(
          'auto-shared-role',
          [entitlement.grant.kind, 'roleArn'],
          `can be got without anybody’s approval (by ${listed(auto[0]!.decision().policies)}), and opens the role that ` +
            `${listed(shared)} opens too: each early end leaves a Deny on the role, and who fills it ends everybody’s sessions there`,
          'give it a role of its own, or a chain with at least one stage',
        );
      }
      if (auto.length > 0 && careful) {
        const usual = auto.find(({ inEmergency }) => !inEmergency);
        const { who, named, decision } = usual ?? auto[0]!;
        const people = who.groups.length > 0 ? `members of ${who.groups.join(' and ')}` : 'all people';
        const chain =
          'give the policy a chain with at least one stage, or leave this entitlement out of its scope';
        say(
          !usual ? 'auto-in-emergency' : risk === 'high' ? 'auto-high-risk' : 'auto-medium-production',
          [],
          `${named ? who.email : people} can get it without anybody’s approval${usual ? '' : ' in an emergency'}, and its risk is ${risk} ` +
            `(by ${listed(decision().policies)})`,
          usual ? chain : `leave it, if it is meant: it is told loudly and reviewed; else ${chain}`,
        );
      }
    }
    return found;
  },
};

/** The ids of the other entitlements whose sessions are of the same role. IAM tells no names apart by their case. */
function othersOfRole(all: Iterable<Entitlement>, { id, grant }: Entitlement): string[] {
  const roleOf = ({ roleArn }: JsonObject) => (typeof roleArn === 'string' ? roleArn.toLowerCase() : '');
  const role = roleOf(grant.config);
  if (role === '') return [];
  return [...all]
    .filter((other) => other.id !== id && roleOf(other.grant.config) === role)
    .map((other) => other.id);
}

/** Policies that every way has in common; if there are none, those of some way. */
function whatStops(sets: readonly string[][]): string {
  const always = (sets[0] ?? []).filter((id) => sets.every((set) => set.includes(id)));
  if (always.length > 0) return listed(always);
  return sets.some((set) => set.length === 0) ? 'no policy permits it' : listed(sets.flat());
}
