import type { Person } from '../../domain/person.js';
import type { Command } from '../../domain/request/command.js';
import type { State } from '../../domain/request/state.js';
import type { Front, StageButton } from '../../ports/front.js';
import { voteVerdict } from '../ask-policy.js';
import { candidatesFor, emails, requestFacts } from '../facts.js';
import { inForce } from '../in-force.js';
import { reasonText } from './ask/form.js';
import { change, rehearse } from './change.js';
import type { FrontDeps } from './deps.js';
import { asPerson, once } from './person.js';

export function approve(deps: FrontDeps): Front['approve'] {
  return (actor, button, seen) => {
    const act = (by: Person) =>
      change(deps, by, { id: button.id, seen }, ({ state }) =>
        commandOf(deps, { type: 'Approve', by, button }, state),
      );
    return once(deps, seen, asPerson(deps, actor, act));
  };
}

export function mayDeny(deps: FrontDeps): Front['mayDeny'] {
  return (actor, button) =>
    asPerson(deps, actor, (by) =>
      rehearse(deps, by, button.id, ({ state }) =>
        commandOf(deps, { type: 'Deny', by, button, text: '-' }, state),
      ),
    );
}

export function deny(deps: FrontDeps): Front['deny'] {
  return (actor, button, reason, seen) => {
    const text = reasonText(reason);
    const act = (by: Person) =>
      change(deps, by, { id: button.id, seen }, ({ state }) =>
        commandOf(deps, { type: 'Deny', by, button, text }, state),
      );
    return once(deps, seen, asPerson(deps, actor, act));
  };
}

async function commandOf(
  deps: FrontDeps,
  { type, by, button, text }: { type: 'Approve' | 'Deny'; by: Person; button: StageButton; text?: string },
  state: State,
): Promise<Command> {
  const { stage, revision } = button;
  const at = deps.clock.now();
  const { requester, chain } = state;
  const { owners } = inForce(state, deps.bundle()).entitlement;
  const { asked, unknown } = await candidatesFor(deps, chain, requester.email, owners);
  const candidates = emails(asked, [by]);
  const verdict = await voteVerdict(deps, deps.bundle(), {
    by,
    request: await requestFacts(deps, state),
    stage,
    member: candidates[stage]?.includes(by.email) ?? false,
    at,
  });
  const given = text === undefined ? {} : { text };
  return { type, at, by, stage, revision, verdict, candidates, unknown, ...given };
}
