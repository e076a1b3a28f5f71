import type {
  Button,
  HomeView,
  KnownBlock,
  ModalView,
  Overflow,
  PlainTextOption,
  SectionBlock,
} from '@slack/types';
import type { Delegation } from '../../domain/delegation.js';
import type { DirectoryConfig } from '../../domain/directory.js';
import type { State } from '../../domain/request/state.js';
import type { Refusal } from '../../domain/refusal.js';
import type { GrantKind } from '../../ports/access.js';
import type { Home } from '../../ports/front.js';
import { sentenceFor } from '../../words/refusal.js';
import { MENU, menuValue, PAGE_BUTTONS, PAGE_MODAL, REQUEST_SHORTCUT } from '../ids.js';
import { actions, button, context, plain, say, section, type Message } from '../messages/blocks.js';
import { when } from '../messages/mrkdwn.js';
import { delegationsIn, othersIn } from './delegations.js';
import { countOf, LISTS, listOf, sizeOf, type ListName } from './lists.js';

/** In a window, so many of a list stand on one page. */
export const PAGE = 20;
const MOST_OPTIONS = 5;
/** What opens a window of its own cannot do so out of a window. */
const OPENS_A_WINDOW = ['again', 'deny', 'credentials'];

/** What requests are drawn with. */
interface Known {
  kinds: readonly GrantKind[];
  directory: DirectoryConfig;
}

/** What concerns one person, at a glance. At most 100 blocks, which is what Slack takes. */
export function homeView(home: Home, known: Known): HomeView {
  const blocks = (name: ListName) => blocksOf(name, home, known);
  const ask = section('*What you can ask for*\nSearch for it in the form, or type /jit.', askButton);
  return {
    type: 'home',
    blocks: [
      ...delegationsIn(home),
      ...blocks('live'),
      ...blocks('waiting'),
      ...blocks('pending'),
      ask,
      ...blocks('past'),
      context(`As of ${when(home.at)}`),
    ],
  };
}

const askButton = button('request', 'Ask for access', REQUEST_SHORTCUT, { style: 'primary' });

function blocksOf(name: ListName, home: Home, known: Known): KnownBlock[] {
  const list = listOf(name);
  const states = list.of(home);
  if (states.length === 0) return [section(`*${list.heading}*\n${list.more(home) ? UNSEEN : list.none}`)];
  const all =
    sizeOf(list, home) > list.most ? button(PAGE_BUTTONS[0], 'Show all', pageValue(name, 1)) : undefined;
  return [
    section(`*${list.heading}* ${countOf(name, home)}`, all),
    ...states
      .slice(0, list.most)
      .map((state) => entry(state, list.about(state, home), menuOf(name, state, known))),
  ];
}

const UNSEEN =
  'More requests are open than jit can look through here. The cards of those that wait for you are in your channels and direct messages.';

/** What waits for a person, as App Home has it. @param away delegations of others that they may end */
export function pendingMessage(home: Home, away: Delegation[], known: Known): Message {
  const { heading, none } = LISTS.waiting;
  const isNone = home.waiting.length === 0;
  return {
    text: isNone ? (home.unseen ? UNSEEN : none) : `${heading} ${countOf('waiting', home)}`,
    blocks: [...blocksOf('waiting', home, known), ...othersIn(away)],
  };
}

/** One page of a list, from 1 on. A page that is no longer there is the last one. */
export function pageView(home: Home, { list: name, page }: HomePage, known: Known): ModalView {
  const list = listOf(name);
  const states = list.of(home);
  const last = Math.max(1, Math.ceil(sizeOf(list, home) / PAGE));
  const now = Math.min(page, last);
  const shown = states.slice((now - 1) * PAGE, now * PAGE);
  const fits = (one: Button) => !OPENS_A_WINDOW.includes(one.action_id ?? '');
  const entries = shown.map((state) =>
    entry(state, list.about(state, home), menuOf(name, state, known, fits)),
  );
  const [on, back] = PAGE_BUTTONS;
  const older = now === last && list.more(home) ? ['There are more; /jit status with an id shows one.'] : [];
  return {
    type: 'modal',
    callback_id: PAGE_MODAL,
    private_metadata: pageValue(name, now),
    title: plain('jit', 24),
    close: plain('Close', 24),
    blocks: [
      section(`*${list.heading}* ${countOf(name, home)}`),
      ...(shown.length > 0 ? entries : [section(list.none)]),
      ...actions([
        ...(now > 1 ? [button(back, 'Back', pageValue(name, now - 1))] : []),
        ...(now < last ? [button(on, 'Next', pageValue(name, now + 1))] : []),
      ]),
      context([`Page ${now} of ${last}`, ...older].join(' · ')),
    ],
  };
}

/** For somebody who may not use jit, or of whom that cannot be known now. */
export function strangersView(refusal: Refusal): HomeView {
  const text = STRANGERS.has(refusal.code) ? MEMBERS : sentenceFor(refusal);
  return { type: 'home', blocks: say(text).blocks };
}

const STRANGERS = new Set<Refusal['code']>(['guest', 'other-workspace']);
const MEMBERS = 'jit is for full members of this workspace, who can ask here for temporary AWS access.';

export interface HomePage {
  list: ListName;
  page: number;
}

function pageValue(list: ListName, page: number): string {
  return `${list}.${page}`;
}

/** @returns undefined for a value that none of our buttons carries */
export function parsePage(value: unknown): HomePage | undefined {
  const [, list = '', page] =
    (typeof value === 'string' && /^([a-z]{1,20})\.([1-9]\d{0,3})$/.exec(value)) || [];
  return Object.hasOwn(LISTS, list) ? { list: list as ListName, page: Number(page) } : undefined;
}

function entry(state: State, text: string, accessory: Overflow | undefined): SectionBlock {
  const block = section(text);
  return { ...block, block_id: state.id, ...(accessory && { accessory }) };
}

/** What its buttons do, as the options of a menu. */
function menuOf(
  name: ListName,
  state: State,
  { kinds, directory }: Known,
  fits: (one: Button) => boolean = () => true,
): Overflow | undefined {
  const list = listOf(name);
  const options = list
    .buttons(state, kinds)
    .filter(fits)
    .flatMap((one): PlainTextOption[] => {
      const value = menuValue(one);
      return value === undefined ? [] : [{ text: plain(one.text.text, 75), value }];
    });
  const sure = list.sure?.(state, directory);
  if (options.length === 0) return undefined;
  return {
    type: 'overflow',
    action_id: MENU,
    options: options.slice(0, MOST_OPTIONS),
    ...(sure && { confirm: sure }),
  };
}
