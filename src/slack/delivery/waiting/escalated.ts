import { escalatedIn, type TriedPlace } from '../../../domain/request/posts.js';
import type { Escalation } from '../../../domain/request/state.js';
import { NotifyFault } from '../../../ports/messages.js';
import type { Bundle } from '../../../ports/policy.js';
import { card } from '../../messages/card.js';
import { without, type StageAsk, type StageAsked } from '../ask.js';
import { audienceOf } from '../audience.js';
import { placesIn, waysFor, type CardPlace } from '../card-places.js';
import { digest, IN_COPIES, markOf, type Copies } from '../copies.js';
import type { Send } from '../send.js';

/** Tells those to whom an open stage has gone: each by a copy of its card; and the channel that goes with it, by a card. */
export function escalationTeller(of: { send: Send; copies: Copies; bundle: () => Bundle }) {
  const { send, copies, bundle } = of;

  /** @returns nothing where they have been told */
  return async function tellEscalation(asking: StageAsk, escalation: Escalation): Promise<StageAsked> {
    const { view, stage, posts, has, retry, note } = asking;
    const name = escalatedIn(stage.name, escalation.to);
    if (posts[name]) return { copies: [] };
    const people = view.escalatedTo?.[stage.name];
    const audience = audienceOf(view, stage, bundle().directory, people);
    if (!audience) return { copies: [], fault: new NotifyFault('people_unknown', false) };
    const sent = await copies.deliver(view, stage, without(audience.direct, has), { retry, note });
    if (sent.fault) return { copies: sent.copies, fault: sent.fault };
    const isThere = (id: string) => audience.direct.some((one) => one.id === id);
    const [reached] = [...has, ...sent.copies].filter(({ to }) => isThere(to));
    const tried: TriedPlace[] = [...sent.refused].map(([channel, code]) => ({ channel, code }));
    const places = placesOf(escalation, asking, reached !== undefined);
    const come = await inChannels({ ...asking, places, name }, tried);
    const noted = tried.length > 0 ? { tried } : {};
    const { place = '', ref = '' } = reached ?? {};
    const direct = reached && { place, ref, shown: IN_COPIES, direct: true as const };
    const post = come.post ?? direct;
    if (post && !come.fault) return { post: { ...post, ...noted }, copies: sent.copies };
    const fault = come.fault ?? new NotifyFault(tried[0]?.code ?? 'no_channel', true);
    return { copies: sent.copies, fault };
  };

  /** A card in the first of these places that takes it. @param tried hears of the others */
  async function inChannels(
    { view, stage, retry, find, places, name }: StageAsk & { places: CardPlace[]; name: string },
    tried: TriedPlace[],
  ): Promise<Pick<StageAsked, 'post' | 'fault'>> {
    const message = card(view, stage, bundle().directory);
    for (const place of places) {
      const { channel, root } = place;
      try {
        const there = retry ? await find(place) : undefined;
        const stands = there !== undefined && (await send.update(there, message, markOf(view, name)));
        const thread = root === undefined ? undefined : { root, broadcast: true };
        const sent = stands ? there : await send.post(channel, message, markOf(view, name), thread);
        return { post: { ...sent, shown: digest(message) } };
      } catch (error) {
        const fault = send.heard(channel, error);
        if (!fault.permanent) return { fault };
        if (!tried.some((one) => one.channel === channel)) tried.push({ channel, code: fault.code });
      }
    }
    return {};
  }

  /** Its own channel; and where nobody has a direct message, those by which the stage itself is told. */
  function placesOf(
    { channel }: Escalation,
    { view, stage, posts }: StageAsk,
    isReached: boolean,
  ): CardPlace[] {
    const own = channel === undefined ? [] : placesIn(channel, posts);
    if (isReached) return own;
    const ways = waysFor(view.state, stage.name, bundle().directory, posts);
    return [...own, ...ways.filter((way): way is CardPlace => way !== 'people')];
  }
}
