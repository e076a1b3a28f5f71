import type * as z from 'zod';
import type { Playground } from '../../playground.js';
import { perform } from './acts.js';
import type { PagePerson } from '../model/model.js';
import { move } from './move-clock.js';
import { recordView } from '../model/record-view.js';
import { ok, refuse, type PageReply } from './reply.js';
import * as shapes from '../model/shapes.js';
import { snapshot } from '../model/snapshot.js';
import type { Troubles } from './trouble.js';
import { attempt } from './try.js';

/** What the page may ask, by method and path. */
export type Api = Record<
  string,
  (asked: { query: URLSearchParams; body: string }) => Promise<PageReply> | PageReply
>;

export function api(playground: Playground, trouble: Troubles, changed: () => void): Api {
  const { bot, record } = playground;

  /** Without an id: whoever comes first among those who can be acted as. */
  const someone = (id: string | null): PagePerson | undefined =>
    playground.people.find((one) => (id === null ? one.actable : one.id === id));
  const nobody = (id: string | null): PageReply =>
    refuse(
      404,
      `There is nobody ${id === null ? 'to act as' : `with the id "${id.slice(0, 100)}"`} in this sandbox.`,
    );

  async function asPerson(
    id: string | null,
    answer: (person: PagePerson) => Promise<PageReply>,
  ): Promise<PageReply> {
    const person = someone(id);
    return person ? answer(person) : nobody(id);
  }

  async function sent<T>(
    shape: z.ZodType<T>,
    body: string,
    answer: (value: T) => Promise<PageReply>,
  ): Promise<PageReply> {
    const read = shapes.read(shape, body);
    return 'wrong' in read ? refuse(400, read.wrong) : answer(read.value);
  }

  return {
    'GET /api/snapshot': ({ query }) =>
      asPerson(query.get('as'), async (person) => ok(await snapshot(playground, person, trouble.present()))),

    'GET /api/record': async ({ query }) => {
      const view = await recordView(record, query.get('id') ?? '');
      return view ? ok(view) : refuse(404, 'There is no request with this id on record.');
    },

    'POST /api/act': ({ body }) =>
      sent(shapes.act, body, (act) => asPerson(act.as, (person) => perform(playground, person, act))),

    'POST /api/try': ({ body }) =>
      sent(shapes.tryIt, body, (call) =>
        asPerson(call.as, async (person) => ok(await attempt(playground, person, call))),
      ),

    'POST /api/clock': ({ body }) => sent(shapes.moveClock, body, (how) => move(playground, how)),

    'POST /api/bot': ({ body }) =>
      sent(shapes.switchBot, body, async ({ running }) => {
        await (running ? bot.start() : bot.stop());
        return ok(bot.state());
      }),

    'POST /api/trouble': ({ body }) =>
      sent(shapes.makeTrouble, body, async ({ trouble: wanted }) => {
        trouble.make(wanted);
        changed();
        return ok();
      }),
  };
}
