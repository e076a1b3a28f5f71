import type { BotAnswer, Modal } from '../../src/sandbox/slack/index.js';
import { paced } from './load.js';
import type { Place } from './place.js';
import { spread, type Row } from './row.js';

type People = Place['askers'];

export const A_SECOND = 20;
const TRIES = 10;
const PATIENCE = 3_000;
const LINE = '/jit sandbox-power-user 1h deploying the new orders service OPS-12';

/** What somebody waited for: a signed request's answer, or what was drawn for it. */
export type Waited = Pick<BotAnswer, 'status' | 'ms' | 'body' | 'failure'>;

/** The first acts of a process, one after another: those who come later do not wait for what it does once. */
export async function warm({ slack }: Place, people: People): Promise<void> {
  for (const { id } of people) await openForm(slack, id, LINE);
}

/** As people do, who try again where it took too long. */
export async function openForm(slack: Place['slack'], id: string, line: string): Promise<Modal> {
  for (let n = 0; n < TRIES; n++) {
    await slack.as(id).command(line);
    const form = slack.views(id).at(-1);
    if (form) return form;
  }
  throw new Error(`${line}: no form opens`);
}

/**
 * Each person opens the form filled in, chooses something else, and sends it.
 * @returns also those whose request was taken
 */
export async function asked({ slack }: Place, people: People, aSecond = A_SECOND) {
  const commands = await paced(
    aSecond,
    people.map(
      ({ id }) =>
        () =>
          slack.as(id).command(LINE),
    ),
  );
  const changes = await paced(
    aSecond,
    people.map(
      ({ id }) =>
        () =>
          changed(slack, id),
    ),
  );
  const submits = await paced(
    aSecond,
    people.map(({ id }) => async (): Promise<Waited> => {
      const form = slack.views(id).at(-1);
      return form ? slack.as(id).submit(form) : NO_FORM;
    }),
  );
  return { commands, changes, submits, took: people.filter((_, n) => !failed(submits[n]!)) };
}

const NO_FORM: Waited = { status: 0, ms: 0, body: '', failure: 'no form' };

/** Chooses another entitlement. @returns how long until the form stood there anew */
async function changed(slack: Place['slack'], id: string): Promise<Waited> {
  const form = slack.views(id).at(-1);
  if (!form) return NO_FORM;
  const begun = performance.now();
  const answer = await slack.as(id).choose(form, 'entitlement', 'staging-deployer');
  if (failed(answer)) return answer;
  return drawn(slack, begun, () => slack.views(id).at(-1)?.hash !== form.hash);
}

/** @param look whether it stands there by now @returns how long that took, from `begun` on */
export async function drawn(slack: Place['slack'], begun: number, look: () => boolean): Promise<Waited> {
  const isThere = await slack.until(look, PATIENCE).catch(() => false);
  const ms = performance.now() - begun;
  return { status: 200, ms, body: '', ...(!isThere && { failure: 'not drawn' }) };
}

function failed({ status, failure, body }: Waited): boolean {
  return status !== 200 || failure !== undefined || body.includes('"errors"');
}

/**
 * @param what with what its time ends
 * @param complaints how often somebody was told no, which a status of 200 does not show
 */
export function row(name: string, what: string, waited: Waited[], complaints = 0): Row {
  const { p50, p99, max } = spread(waited.map(({ ms }) => ms));
  const bad = waited.filter(failed).length + complaints;
  return {
    name,
    what: `${what} (${waited.length})`,
    values: { p50, p99, max, failed: bad },
    unit: 'ms',
    aim: 'p99 < 100',
    met: p99 < 100 && bad === 0,
  };
}
