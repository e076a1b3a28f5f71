import { lapseOf } from '../../../src/domain/lease.js';
import { defined } from '../../../src/domain/objects.js';
import type { AuditRecord } from '../../../src/domain/record/seal.js';
import { evolveGrant, grantFrom, type Grant } from '../../../src/domain/grant.js';
import type { Bookkeeping, Head } from '../../../src/domain/request/head.js';
import { endBefore } from '../../../src/domain/request/extension.js';
import type { Active, Approved, Extension, State, Vote } from '../../../src/domain/request/state.js';
import type { Command } from '../../../src/domain/request/command.js';
import type { Event } from '../../../src/domain/request/event.js';
import { HOUR, T0, asked, basis } from '../../support/requests.js';
import type { Core } from './core.js';
import { ana, mayCast, type Facts, type Setting } from './facts.js';

/** A command with the facts that it was made from, so that it can come again, late. */
export interface Sent {
  command: Command;
  facts: Facts;
}

/** A store, AWS and a clock, as little of each as the laws need; and notes for the laws. */
export interface World {
  core: Core;
  setting: Setting;
  facts: Facts;
  /** AWS's time, which only goes forward. */
  now: number;
  /** This process's clock minus AWS's: at most 5 s either way, and it jumps. */
  skew: number;
  /** Newest last. */
  heads: Head[];
  records: AuditRecord[];
  grant?: Grant;
  lease: boolean;
  aws: { live: boolean; deny: boolean; flying: number[] };
  /** Workers that wait for an answer to a provisioning call. */
  waiting: { owed: string; landsAt: number }[];
  sent: Sent[];
  notes: Notes;
}

/** What happened, as seen from outside the core. */
interface Notes {
  votes: { vote: Vote; authorised: boolean }[];
  approval?: { state: Approved; facts: Facts; withGrant: boolean; votes: Notes['votes'] };
  /** Each that was given, with what held then. */
  extensions?: { extension: Extension; facts: Facts; at: number; was: number; grant: Grant | undefined }[];
  /** The durations for which somebody has approved less than was asked. */
  least: number[];
  /** Provisioning calls that began while no grant with its lease stood on record. */
  unledgered: number;
  /** Calls for access or credentials that began outside a lease. */
  untimely: number;
  /** Writes on an older head, decided again. */
  conflicts: number;
  /** Records whose number was already taken: somebody's write was lost. */
  overwritten: number;
}

export const head = (world: World): Head | undefined => world.heads.at(-1);
export const clock = (world: World): number => world.now + world.skew;

/** What an emergency adds to what is asked. */
const EMERGENCY = { emergency: true as const, passedOver: [{ name: 'manager', quorum: 1 }] };

export function worldOf(core: Core, setting: Setting): World {
  const { facts, duration, startsAt } = setting;
  const start = defined({ startsAt });
  const world: World = {
    core,
    setting,
    facts,
    now: T0,
    skew: 0,
    heads: [],
    records: [],
    lease: false,
    aws: { live: false, deny: false, flying: [] },
    waiting: [],
    sent: [],
    notes: { votes: [], least: [], unledgered: 0, untimely: 0, conflicts: 0, overwritten: 0 },
  };
  const { decision, candidates } = facts;
  send(world, {
    type: 'Submit',
    at: T0,
    asked: {
      ...asked,
      ...start,
      requester: ana,
      duration,
      // An emergency begins at once.
      ...(setting.emergency && start.startsAt === undefined && EMERGENCY),
      lapsesAt: lapseOf(start, T0, 8 * HOUR),
    },
    decision,
    basis,
    candidates,
  });
  return world;
}

export function copyOf(world: World): World {
  const { heads, records, aws, waiting, sent, notes } = world;
  return {
    ...world,
    heads: [...heads],
    records: [...records],
    aws: { ...aws, flying: [...aws.flying] },
    waiting: [...waiting],
    sent: [...sent],
    notes: { ...notes, votes: [...notes.votes], least: [...notes.least] },
  };
}

/** Time passes at AWS, and calls under way land. */
export function pass(world: World, millis: number): void {
  world.now += millis;
  const { aws, now } = world;
  if (aws.flying.some((landsAt) => landsAt <= now)) aws.live = true;
  aws.flying = aws.flying.filter((landsAt) => landsAt > now);
}

interface How {
  /** The head on which it is decided: the newest, unless somebody read an older one. */
  base?: Head | undefined;
  facts?: Facts;
  keep?: Bookkeeping;
}

/**
 * Decides a command and writes what follows, conditional on the version; who loses decides again on the newest.
 * @returns the events written
 */
export function send(world: World, command: Command | undefined, how: How = {}): Event[] {
  const { core, facts: now } = world;
  const { facts = now, keep } = how;
  const newest = head(world);
  const base = 'base' in how ? how.base : newest;
  if (command && world.sent.length < 40) world.sent.push({ command, facts });
  const decided = command ? core.decide(command, base?.state) : { events: [] };
  const events = 'events' in decided ? decided.events : [];
  if (events.length === 0 && !keep) return [];
  const next = core.apply(base, events, keep);
  if (next.head.version !== (newest?.version ?? 0) + 1) {
    if (base === newest) throw new Error('a write on the newest head was a conflict');
    world.notes.conflicts++;
    return send(world, command, { ...how, base: newest });
  }
  const before = newest?.tail.n ?? 0;
  if (next.records.some(({ n }, index) => n !== before + 1 + index) || next.head.tail.n < before)
    world.notes.overwritten++;
  ledger(world, base?.state, events);
  world.heads.push(next.head);
  world.records.push(...next.records);
  for (const event of events) note(world, event, facts);
  return events;
}

/** The grant and the lease that go with these events, as the engine writes them. */
function ledger(world: World, before: State | undefined, events: Event[]): void {
  const approval = events.find(({ type }) => type === 'RequestApproved');
  if (approval?.type === 'RequestApproved' && before?.status === 'pending') {
    world.grant = grantFrom(before, approval);
    world.lease = true;
  } else if (world.grant) {
    world.grant = events.reduce(evolveGrant, world.grant);
    if (world.grant.gone) world.lease = false;
  }
}

function note({ notes, grant, lease, heads }: World, event: Event, facts: Facts): void {
  if (event.type === 'Voted') {
    const authorised = mayCast(facts, event.vote, heads.at(-1)!.state);
    notes.votes.push({ vote: event.vote, authorised });
  } else if (event.type === 'DurationShortened') notes.least.push(event.to);
  else if (event.type === 'VotesVoided') {
    notes.votes = notes.votes.filter(({ vote }) => !event.people.includes(vote.by.email));
  } else if (event.type === 'LeaseExtended') {
    const last = heads.at(-1)!.state as Active;
    const extension = last.extension ?? last.extended!.at(-1)!;
    notes.extensions = [
      ...(notes.extensions ?? []),
      { extension, facts, at: event.at, was: endBefore(extension), grant },
    ];
  } else if (event.type === 'RequestApproved') {
    const state = heads.at(-1)!.state as Approved;
    notes.approval = { state, facts, withGrant: grant !== undefined && lease, votes: notes.votes };
  }
}
