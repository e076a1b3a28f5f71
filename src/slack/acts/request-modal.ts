import type { ExternalSelect, InputBlock, ModalView, PlainTextOption, StaticSelect } from '@slack/types';
import type { DirectoryConfig } from '../../domain/directory.js';
import { formatDuration, parseDuration } from '../../domain/duration.js';
import type { Entitlement, Millis } from '../../domain/entitlement.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Form, Offer } from '../../ports/front.js';
import { INPUTS, REQUEST_MODAL, type FormInput } from '../ids.js';
import { context, plain } from '../messages/blocks.js';
import { code, free } from '../messages/mrkdwn.js';
import { textAt, at } from '../wire/payload.js';

export interface Menu {
  offers: Offer[];
  /** Of a catalog that is too long to list, and so is searched: all its durations. `offers` then has what is wanted, or nothing. */
  searched?: Millis[];
}

const LONGEST_SELECT = 100;
// A view may weigh 250 kB: with very many offers the descriptions stay at home.
const DESCRIBED = 400;
const LONGEST_INPUT = 3000;

/**
 * The form, filled in as far as `filled` goes; what is not offered is left open.
 * @param menu offers each with at least one duration, and at least one where they are not searched
 */
export function requestModal(menu: Menu, directory: DirectoryConfig, filled: Partial<Form>): ModalView {
  const { offers, searched } = menu;
  const { minLength, ticket } = directory.justification;
  const chosen = offers.find(({ entitlement }) => entitlement.id === filled.entitlement);
  const durations = chosen?.durations ?? searched ?? offers.flatMap((offer) => offer.durations);
  return {
    type: 'modal',
    callback_id: REQUEST_MODAL,
    title: plain('Request access', 24),
    submit: plain('Send request', 24),
    close: plain('Cancel', 24),
    blocks: [
      {
        ...input(
          'entitlement',
          'What do you need?',
          searched ? entitlementSearch(chosen) : entitlementSelect(offers, chosen),
        ),
        dispatch_action: true,
      },
      ...(chosen ? [context(about(chosen.entitlement))] : []),
      input('duration', 'For how long?', durationSelect(durations, filled.duration)),
      {
        ...input('justification', 'What for?', {
          type: 'plain_text_input',
          action_id: 'justification',
          multiline: true,
          ...initial(filled.justification),
        }),
        hint: plain(`At least ${minLength} characters. Approvers see it, and it is kept on record.`, 150),
      },
      {
        ...input('ticket', 'Ticket', {
          type: 'plain_text_input',
          action_id: 'ticket',
          ...initial(filled.ticket),
        }),
        // Even where the directory asks for none, a policy may.
        optional: !ticket?.required,
        ...(ticket && { hint: plain(`Written like ${ticket.pattern}`, 150) }),
      },
    ],
  };
}

/** The form's parts as texts. A part that is missing or of another type is empty: `front` says what it lacks. */
export function parseForm(view: unknown): Form {
  const ticket = valueOf(view, 'ticket');
  return {
    entitlement: valueOf(view, 'entitlement'),
    duration: valueOf(view, 'duration'),
    justification: valueOf(view, 'justification'),
    ...(ticket !== '' && { ticket }),
  };
}

/** A refusal where the person can do something about it; an input that the form lacks cannot show it. */
export function errorsFor({ code }: Refusal, sentence: string, view: unknown): Record<string, string> {
  const named = INPUTS.find((input) => code.startsWith(input));
  const input = named ?? (code === 'unknown-duration' ? 'duration' : 'entitlement');
  const there = at(view, 'state', 'values', input) !== undefined;
  return { [there ? input : 'justification']: sentence };
}

function valueOf(view: unknown, input: FormInput): string {
  const value = at(view, 'state', 'values', input, input);
  const text = textAt(value, 'selected_option', 'value') ?? textAt(value, 'value') ?? '';
  return text.slice(0, LONGEST_INPUT);
}

function input(id: FormInput, label: string, element: InputBlock['element']): InputBlock {
  return { type: 'input', block_id: id, label: plain(label, 48), element };
}

function initial(text: string | undefined): { initial_value?: string } {
  return text ? { initial_value: text.slice(0, LONGEST_INPUT) } : {};
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

function durationSelect(offered: Millis[], wanted: string | undefined): StaticSelect {
  const durations = [...new Set(offered)].sort((a, b) => a - b);
  const initial = durations.find((duration) => duration === parseDuration(wanted ?? ''));
  const optionOf = (duration: Millis) => option(formatDuration(duration), formatDuration(duration));
  return {
    type: 'static_select',
    action_id: 'duration',
    placeholder: plain('Choose…', 150),
    options: durations.slice(0, LONGEST_SELECT).map(optionOf),
    ...(initial !== undefined && { initial_option: optionOf(initial) }),
  };
}

function about({ id, description, environment, account, risk }: Entitlement): string {
  return `${free(description, 1000)}\n${code(id)} · ${free(environment, 100)} · account ${code(account)} · ${risk} risk`;
}
