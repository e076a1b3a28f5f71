import { setTimeout as pause } from 'node:timers/promises';
import { buttonsOf, textOf, type SlackDouble } from '../../../src/sandbox/slack/index.js';
import { slackAccount } from '../accounts.js';
import { SCHEDULED } from '../lambda/events.js';
import { MINUTE } from '../units.js';
import { TEAM, type Accounts } from './deployment.js';

export const ana = { email: 'ana@corp.example', account: slackAccount('U0ANA', TEAM) };

/** Looks again and again until there is something, and says each minute for what. The limit ends what hangs, and judges nothing. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const begun = Date.now();
  for (let minutes = 1; ;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > begun + 4 * MINUTE) throw new Error(`in vain: ${what}`);
    if (Date.now() > begun + minutes * MINUTE)
      process.stderr.write(`waiting for ${minutes++} min: ${what}\n`);
    await pause(250);
  }
}

/** Asks through the modal. @returns the request's id, as soon as it is on record */
export async function ask(it: Accounts, entitlement: string, duration = '1h'): Promise<string> {
  const before = new Set((await it.store.byRequester(ana, 100)).map(({ id }) => id));
  const person = it.slack.as('U0ANA');
  const old = new Set(it.slack.views('U0ANA').map(({ id }) => id));
  // A function that is new on a busy machine may give up on Slack, and says so: people type it again.
  const modal = await eventually(`a form to ask for ${entitlement}`, async () => {
    await person.command('/jit');
    return it.slack.views('U0ANA').find(({ id }) => !old.has(id));
  });
  await person.choose(modal, 'entitlement', entitlement);
  const form = it.slack.views('U0ANA').at(-1)!;
  const said = await person.submit(form.id, {
    entitlement,
    duration,
    justification: 'trying the deployment',
  });
  const heads = await it.store.byRequester(ana, 100);
  const made = heads.find(({ id }) => !before.has(id));
  if (!made)
    throw new Error(`nothing on record: ${JSON.stringify([said, it.slack.views('U0ANA').map(textOf)])}`);
  return made.id;
}

/** Waits until the request is in this state. @returns it */
export function become(it: Accounts, id: string, ...wanted: string[]) {
  return eventually(`${id} becomes ${wanted.join(' or ')}`, async () => {
    const { state } = (await it.store.head(id))!;
    if (wanted.includes(state.status)) return state;
    if (state.status === 'closed') throw new Error(`${id} is closed: ${JSON.stringify(state)}`);
    return undefined;
  });
}

/**
 * Waits until the request is closed, and sweeps where something has been due for longer than the stream needs: what AWS
 * may still carry out is looked at again half a minute later, and the schedule comes by once a minute. @returns it
 */
export function closed(it: Accounts, id: string) {
  return eventually(`${id} is closed`, async () => {
    const { state, dueAt = Infinity } = (await it.store.head(id))!;
    if (state.status === 'closed') return state;
    if (dueAt < Date.now() - 2_000) await it.invoke('sweep', SCHEDULED);
    return undefined;
  });
}

/** Presses the button of this request, once it is there. */
export async function press(
  it: Accounts,
  { who, where, action, id }: { who: string; where: string; action: string; id: string },
): Promise<void> {
  const card = await eventually(`a button ${action} for ${id}`, () =>
    messagesOf(it.slack, where).findLast((message) =>
      buttonsOf(message).some((button) => button.actionId === action && button.value.includes(id)),
    ),
  );
  await it.slack.as(who).click(card, action);
}

/** Where each of them is asked: a manager in their direct messages, security in its channel. */
export const ASKED = { U0BOB: 'U0BOB', U0SAM: 'C0SECURITY' };
/** Where 0.1 asked them: everybody in a channel. */
export const ASKED_BY_0_1 = { ...ASKED, U0BOB: 'C0ACCESS' };

/** Votes for the open stage; presses again where the click was lost on a busy machine, as people do. */
export async function approve(
  it: Accounts,
  who: keyof typeof ASKED,
  id: string,
  { [who]: where } = ASKED,
): Promise<void> {
  const votes = async () => (await it.store.records(id)).filter(({ event }) => event.type === 'Voted').length;
  const before = await votes();
  await eventually(`the vote of ${who}`, async () => {
    await press(it, { who, where, action: 'approve', id });
    return (await votes()) > before;
  });
}

/** Hands access back, or takes it back; types it again where that was lost. */
export function revoke(it: Accounts, who: 'U0ANA' | 'U0SAM', id: string, why: string): Promise<true> {
  return eventually(`that ${who} ends ${id}`, async () => {
    await it.slack.as(who).command(`/jit revoke ${id} ${why}`);
    return (await it.store.head(id))!.state.status !== 'active' || (await it.store.end(id)) !== undefined;
  });
}

function messagesOf(slack: SlackDouble, where: string) {
  return where.startsWith('U') ? slack.dms(where) : slack.messages(where);
}

/** Opens App Home, again where the click was lost on a busy machine, and waits until it is drawn. */
export function openHome(it: Accounts, who: string) {
  return eventually(`an App Home of ${who}`, async () => {
    await it.slack.as(who).openHome();
    return it.slack.home(who);
  });
}

/** Waits until the App Home that somebody has before them says this. */
export function home(it: Accounts, who: string, says: RegExp) {
  return eventually(`${says} in the App Home of ${who}`, () => {
    const drawn = it.slack.home(who);
    return drawn && says.test(textOf(drawn));
  });
}

/** The ids of requests whose access was ended, each with how it will close. */
export type Ended = Map<string, 'released' | 'revoked'>;

/** Waits until no message to anybody, old or new, has such a button for it. By default any, but for asking again. */
export function buttonless(it: Accounts, id: string, gone = /^(?!again$)/) {
  return eventually(`that no button is left for ${id}`, () => {
    const places = ['U0ANA', 'U0BOB', 'U0SAM', 'C0ACCESS', 'C0SECURITY'];
    const buttons = places.flatMap((where) => messagesOf(it.slack, where)).flatMap(buttonsOf);
    return !buttons.some(({ actionId, value }) => gone.test(actionId) && value.includes(id));
  });
}

/** Opens a session by the button. @returns its keys, out of the window */
export async function session(it: Accounts, id: string) {
  await press(it, { who: 'U0ANA', where: 'U0ANA', action: 'credentials', id });
  const text = await eventually('credentials in the window', () => {
    const shown = it.slack.views('U0ANA').map((modal) => textOf(modal));
    return shown.find((one) => /AWS_SESSION_TOKEN/.test(one));
  });
  const read = (name: string): string => new RegExp(`${name}='?([^'\\s]+)`).exec(text)?.[1] ?? '';
  return {
    accessKeyId: read('AWS_ACCESS_KEY_ID'),
    secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
    sessionToken: read('AWS_SESSION_TOKEN'),
    window: text,
  };
}
