import { upcastEvent } from '../../../domain/record/upcast.js';
import { timeUsed, useNote, withUse } from '../../../domain/record/use.js';
import { SETTLED, type CarryOut } from '../effect.js';

/**
 * Notes how long this access was really used, for whoever asks for the same later. It names the request, so it counts
 * once however often this runs. Best effort: of two requests that close at the same moment one may be missing, and a
 * fault is only logged.
 */
export const noteUse: CarryOut<'note-use'> = async ({ store, log }, { id, state }) => {
  if (state.status !== 'closed' || !state.lease) return SETTLED;
  try {
    const events = (await store.records(id)).map(({ event }) => upcastEvent(event));
    const used = timeUsed(events, state.lease.endsAt);
    if (used === undefined) return SETTLED;
    const name = useNote(state.entitlement.id);
    const note = withUse(await store.note(name), { request: id, used });
    if (note) await store.saveNote(name, note);
  } catch (error) {
    log.warn({ request: id, err: error }, 'how long access was used could not be noted');
  }
  return SETTLED;
};
