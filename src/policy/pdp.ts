import { mergeChains, type Chain } from '../domain/chain.js';
import type { Verdict } from '../domain/request/decision.js';
import type { Pdp, Who } from '../ports/policy.js';
import { cedarAsker, type CedarAnswer } from './ask-cedar.js';
import { approveCall, extendCall, mayCall, requestCall } from './cedar/authorization-calls.js';
import { known } from './inputs/index.js';
import { type Parts, type Policy, countingFor } from './policy.js';
import { rehearsed } from './rehearsed.js';

/** The policy decision point of one bundle. Never throws; everything but a clear yes is a denial. */
export function createPdp(parts: Parts): Pdp {
  const { ask, careful, requesting, ending, ruling, denied, byId } = cedarAsker(parts);
  let extending: ReturnType<typeof cedarAsker> | undefined;
  const order = parts.directory.stages.map(({ name }) => name);
  const reviewing = naming('review', parts);

  function approve(question: Omit<Parameters<Pdp['approve']>[0], 'probe'>): Verdict {
    const { delegatedBy, ...own } = question;
    const vote = (of: typeof question, people: Who[]) => {
      const answer = ask(() => approveCall(of, parts), { people: [...people, of.request.requester] });
      // However broad a permit is, it makes no person a member of the stage.
      return verdict(answer.allowed && !of.member ? denied() : answer);
    };
    if (!delegatedBy) return vote(own, [own.who]);
    // What the one who is away might not do, nobody may do in their place.
    const theirs = vote({ ...own, who: delegatedBy }, [delegatedBy]);
    return theirs.outcome === 'denied' ? theirs : vote(question, [question.who, delegatedBy]);
  }
  const rehearse = rehearsed(parts.policies, approve);

  return {
    request(question) {
      const { allowed, errors, ...found } = ask(
        () => requestCall(question, parts),
        { people: [question.who], lost: () => known(question, parts).lost },
        requesting,
      );
      if (!allowed) return { outcome: 'denied', ...found, errors };
      const chains: Chain[] = [];
      for (const id of found.policies) {
        const chain = byId.get(id)?.chain;
        const unknown = chain?.find(({ name }) => !order.includes(name))?.name;
        if (chain && unknown === undefined) chains.push(chain);
        else {
          const why = chain ? `names the unknown stage "${unknown}"` : 'permits requests and has no @chain';
          return { outcome: 'denied', ...ruling([]), errors: [`policy "${id}" ${why}`] };
        }
      }
      const chain = mergeChains(chains, order);
      return { outcome: chain.length === 0 ? 'auto' : 'needs-approval', chain, ...found };
    },

    approve({ probe, ...question }) {
      return probe ? rehearse(question) : approve(question);
    },

    extend(question) {
      extending ??= cedarAsker({ ...parts, policies: countingFor('extend', parts.policies) });
      const people = [question.who, question.request.requester];
      const { allowed, errors, ...found } = extending.ask(() => extendCall(question, parts), { people });
      if (!allowed) return { outcome: 'denied', ...found, errors };
      const written = found.policies.flatMap((id) => byId.get(id)?.chain ?? []);
      const isWritten = found.policies.some((id) => byId.get(id)?.chain);
      const own = isWritten ? written : question.request.chain;
      if (!own)
        return { outcome: 'denied', ...ruling([]), errors: ['who had to agree to the request is not known'] };
      const chain = mergeChains([own], order);
      return { outcome: chain.length === 0 ? 'auto' : 'needs-approval', chain, ...found };
    },

    may(action, question) {
      const people = [question.who, question.request.requester];
      const call = () => mayCall(action, question, parts);
      if (action === 'review') return verdict(reviewing().ask(call, { people }));
      return verdict(ask(call, { people }, action === 'revoke' ? ending : careful));
    },
  };
}

/** Asks by those permits alone of which the scope names the action, and by all that forbid. */
function naming(action: string, parts: Parts): () => ReturnType<typeof cedarAsker> {
  let made: ReturnType<typeof cedarAsker> | undefined;
  return () => (made ??= cedarAsker({ ...parts, policies: parts.policies.filter(counts) }));

  function counts({ effect, names = [] }: Policy): boolean {
    return effect === 'forbid' || names.includes(action);
  }
}

function verdict({ allowed, ...answer }: CedarAnswer): Verdict {
  return { ...answer, outcome: allowed ? 'allowed' : 'denied' };
}
