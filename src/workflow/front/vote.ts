import type { Person } from '../../domain/person.js';
import type { Front, StageButton } from '../../ports/front.js';
import { voteVerdict } from '../ask-policy.js';
import { candidatesOf, emails, requestFacts } from '../facts.js';
import { reasonText } from './ask/form.js';
import { change, rehearse, type ChangeWanted } from './change.js';
import type { FrontDeps } from './deps.js';
import { asPerson, once } from './person.js';

export function approve(deps: FrontDeps): Front['approve'] {
  return (actor, button, seen) => {
    const act = (by: Person) =>
      change(deps, by, { id: button.id, seen }, voteOf(deps, { type: 'Approve', by, button }));
    return once(deps, seen, asPerson(deps, actor, act));
  };
}

export function mayDeny(deps: FrontDeps): Front['mayDeny'] {
  return (actor, button) =>
    asPerson(deps, actor, (by) =>
      rehearse(deps, by, button.id, voteOf(deps, { type: 'Deny', by, button, text: '-' })),
    );
}

export function deny(deps: FrontDeps): Front['deny'] {
  return (actor, button, reason, seen) => {
    const text = reasonText(reason);
    const act = (by: Person) =>
      change(deps, by, { id: button.id, seen }, voteOf(deps, { type: 'Deny', by, button, text }));
    return once(deps, seen, asPerson(deps, actor, act));
  };
}

function voteOf(
  deps: FrontDeps,
  { type, by, button, text }: { type: 'Approve' | 'Deny'; by: Person; button: StageButton; text?: string },
): ChangeWanted {
  return async ({ state }) => {
    const { stage, revision } = button;
    const at = deps.clock.now();
    const { asked, unknown } = await candidatesOf(deps, state);
    const candidates = emails(asked, [by]);
    const request = await requestFacts(deps, state);
    const member = candidates[stage]?.includes(by.email) ?? false;
    const verdict = await voteVerdict(deps, deps.bundle(), { by, request, stage, member, at });
    const given = text === undefined ? {} : { text };
    return { type, at, by, stage, revision, verdict, candidates, unknown, ...given };
  };
}
