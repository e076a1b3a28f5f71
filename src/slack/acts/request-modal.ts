import type {
  ExternalSelect,
  InputBlock,
  KnownBlock,
  ModalView,
  PlainTextOption,
  StaticSelect,
} from '@slack/types';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import type { Entitlement, Millis } from '../../domain/entitlement.js';
import { LONGEST_JUSTIFICATION, LONGEST_TICKET } from '../../domain/request/text.js';
import type { Form, Offer, Preview } from '../../ports/front.js';
import { COMMAND, FORM_BLOCKS, REQUEST_MODAL, START, type FormInput } from '../ids.js';
import { context, plain, section } from '../messages/blocks.js';
import { code, escape, free } from '../messages/mrkdwn.js';
import { accountName, placeOf } from '../messages/phrases.js';
import { spelled } from '../../words/english.js';
import { emergencyInput, NO_EMERGENCY } from './request/emergency.js';
import { actionIdOf, LONGEST_INPUT, type Versions } from './request/inputs.js';
import type { Menu } from './request/menu.js';
import { previewText, usualText } from './request/preview.js';

/** What a form shows besides what is filled in. */
export interface Drawing {
  /** Who would decide; absent where that could not be found out in time. */
  preview?: Preview | undefined;
  versions?: Versions | undefined;
  /** What was not read as the person may have meant it, in plain words. */
  notes?: string[] | undefined;
  /** The ticket stands in the reason, and was filled in by us. */
  ticketFound?: boolean | undefined;
}

const LONGEST_SELECT = 100;
// A view may weigh 250 kB: with very many offers the descriptions stay at home.
const DESCRIBED = 400;

/**
 * The form, filled in as far as `filled` goes; what is not offered is left open. Of what is chosen a duration always is.
 * @param menu offers each with at least one duration, and at least one where they are not searched
 */
export function requestModal(
  menu: Menu,
  directory: DirectoryConfig,
  filled: Partial<Form>,
  drawing: Drawing = {},
): ModalView {
  const { offers, searched } = menu;
  const { preview, versions = {} } = drawing;
  const isLost = filled.emergency && preview && !preview.emergency;
  const notes = [...(drawing.notes ?? []), ...(isLost ? [NO_EMERGENCY] : [])];
  const chosen = offers.find(({ entitlement }) => entitlement.id === filled.entitlement);
  const durations = chosen?.durations ?? searched ?? offers.flatMap((offer) => offer.durations);
  const wanted = durations.find((one) => one === parseDuration(filled.duration ?? ''));
  const preselected =
    chosen && (durations.find((one) => one === preview?.duration) ?? Math.min(...durations));
  const duration = wanted ?? preselected;
  return {
    type: 'modal',
    callback_id: REQUEST_MODAL,
    // Another choice of entitlement takes away what is preselected, and not what the person has chosen.
    ...(wanted === undefined && duration !== undefined && { private_metadata: formatDuration(duration) }),
    title: plain('Request access', 24),
    submit: plain('Send request', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(notes.length > 0
        ? [{ ...context(notes.map(escape).join('\n')), block_id: FORM_BLOCKS.notes }]
        : []),
      {
        ...input(
          'entitlement',
          'What do you need?',
          searched ? entitlementSearch(chosen) : entitlementSelect(offers, chosen),
        ),
        dispatch_action: true,
      },
      ...(chosen ? [context(about(chosen.entitlement, directory))] : []),
      {
        ...input('duration', 'For how long?', durationSelect(durations, duration, versions)),
        dispatch_action: true,
        ...(preview?.usual !== undefined && { hint: plain(usualText(preview.usual), 150) }),
      },
      startInput(filled, directory, versions),
      ...(chosen && preview?.emergency ? [emergencyInput(filled.emergency ?? false, directory)] : []),
      ...(chosen && preview ? [decidedBy(chosen.entitlement, preview, directory)] : []),
      justificationInput(filled, directory),
      ticketInput(filled, directory, drawing),
    ],
  };
}

function decidedBy(entitlement: Entitlement, preview: Preview, directory: DirectoryConfig): KnownBlock {
  return { ...section(previewText(entitlement, preview, directory)), block_id: FORM_BLOCKS.preview };
}

/** Slack takes no other number here: seconds of ten digits. */
const MOMENT = /^[1-9]\d{9}$/;

function startInput(
  { startsAt = '' }: Partial<Form>,
  { startWithin }: DirectoryConfig,
  versions: Versions,
): InputBlock {
  return {
    ...input(START, 'When does it begin?', {
      type: 'datetimepicker',
      action_id: actionIdOf(START, versions),
      ...(MOMENT.test(startsAt) && { initial_date_time: Number(startsAt) }),
    }),
    optional: true,
    dispatch_action: true,
    hint: plain(
      `In your time zone, ${spelled(startWithin)} ahead at most. Leave it empty to begin at once.`,
      150,
    ),
  };
}

/** What Slack counts as at least so long may still be too short for us: spaces are seen by it. */
function justificationInput(
  { justification = '' }: Partial<Form>,
  { justification: { minLength } }: DirectoryConfig,
): InputBlock {
  return {
    ...input('justification', 'What for?', {
      type: 'plain_text_input',
      action_id: 'justification',
      multiline: true,
      ...(minLength > 0 && { min_length: minLength }),
      ...initialText(justification, LONGEST_JUSTIFICATION),
    }),
    hint: plain(
      `${minLength} to ${LONGEST_JUSTIFICATION} characters. Approvers see it, and it is kept on record.`,
      150,
    ),
  };
}

function ticketInput(
  { ticket: written = '' }: Partial<Form>,
  { justification: { ticket } }: DirectoryConfig,
  { versions = {}, ticketFound = false }: Drawing,
): InputBlock {
  const hints = [
    ...(ticketFound ? ['Found in your reason: please check it.'] : []),
    ...(ticketFound || ticket?.example === undefined ? [] : [`Such as ${ticket.example}`]),
  ];
  return {
    ...input('ticket', 'Ticket', {
      type: 'plain_text_input',
      action_id: actionIdOf('ticket', versions),
      ...initialText(written, LONGEST_TICKET),
    }),
    // Even where the directory asks for none, a policy may.
    optional: !ticket?.required,
    ...(hints.length > 0 && { hint: plain(hints.join(' '), 150) }),
  };
}

/** A text that is longer already stays whole: it is refused when it is sent, with a sentence, and nothing typed is lost. */
function initialText(text: string, most: number): { max_length: number; initial_value?: string } {
  const kept = text.slice(0, LONGEST_INPUT);
  return { max_length: Math.max(most, kept.length), ...(kept !== '' && { initial_value: kept }) };
}

function input(id: FormInput, label: string, element: InputBlock['element']): InputBlock {
  return { type: 'input', block_id: id, label: plain(label, 48), element };
}

function entitlementSelect(offers: Offer[], chosen: Offer | undefined): StaticSelect {
  const optionOf = ({ entitlement: { id, name, description } }: Offer) =>
    option(name, id, offers.length <= DESCRIBED ? description : undefined);
  return {
    type: 'static_select',
    action_id: 'entitlement',
    placeholder: plain('Choose…', 150),
    option_groups: grouped(offers).map(([label, members]) => ({
      label: plain(label, 75),
      options: members.map(optionOf),
    })),
    ...(chosen && { initial_option: optionOf(chosen) }),
  };
}

function entitlementSearch(chosen: Offer | undefined): ExternalSelect {
  return {
    type: 'external_select',
    action_id: 'entitlement',
    placeholder: plain('Type part of its name…', 150),
    min_query_length: 0,
    ...(chosen && { initial_option: suggestionOption(chosen.entitlement) }),
  };
}

/** Of very many, names alone do not tell one from another. */
export function suggestionOption({ id, name, environment, description }: Entitlement): PlainTextOption {
  return option(name, id, `${environment}: ${description}`);
}

function option(name: string, value: string, description?: string): PlainTextOption {
  return {
    text: plain(name, 75),
    value,
    ...(description !== undefined && { description: plain(description, 75) }),
  };
}

/** By environment, a hundred at most in each group and a hundred groups: Slack refuses more. */
function grouped(offers: Offer[]): [label: string, members: Offer[]][] {
  const environments = new Map<string, Offer[]>();
  for (const offer of offers) {
    const { environment } = offer.entitlement;
    environments.set(environment, [...(environments.get(environment) ?? []), offer]);
  }
  return [...environments]
    .flatMap(([name, members]) => {
      const parts = Math.ceil(members.length / LONGEST_SELECT);
      return Array.from({ length: parts }, (_, i): [string, Offer[]] => [
        parts === 1 ? name : `${name} (${i + 1})`,
        members.slice(i * LONGEST_SELECT, (i + 1) * LONGEST_SELECT),
      ]);
    })
    .slice(0, LONGEST_SELECT);
}

function durationSelect(offered: Millis[], chosen: Millis | undefined, versions: Versions): StaticSelect {
  const durations = [...new Set(offered)].sort((a, b) => a - b);
  const optionOf = (duration: Millis) => option(spelled(duration), formatDuration(duration));
  return {
    type: 'static_select',
    action_id: actionIdOf('duration', versions),
    placeholder: plain('Choose…', 150),
    options: durations.slice(0, LONGEST_SELECT).map(optionOf),
    ...(chosen !== undefined &&
      durations.slice(0, LONGEST_SELECT).includes(chosen) && { initial_option: optionOf(chosen) }),
  };
}

/** What it is and where, and how to ask for it in one line the next time. */
function about(entitlement: Entitlement, directory: DirectoryConfig): string {
  const { id, description, account } = entitlement;
  const number = accountName(account, directory) === undefined ? [`account ${code(account)}`] : [];
  const facts = [placeOf(entitlement, directory), ...number, code(`${COMMAND} ${id}`)];
  return `${free(description, 1000)}\n${facts.join(' · ')}`;
}
