import type { Context } from '@cedar-policy/cedar-wasm/nodejs';
import { tzOffset } from '@date-fns/tz';
import { requestCall } from '../../../../../src/policy/cedar/authorization-calls.js';
import { type Call, cedarDuration } from '../../../../../src/policy/cedar/entities.js';
import type { Parts } from '../../../../../src/policy/policy.js';
import { type Leaf, TIMED } from '../made/leaves.js';
import { leafTruths } from './cedar.js';
import { DAY, DURATIONS, HOUR, LIVE_GRANTS, MINUTE } from './values.js';

/** Where a leaf changes. */
const LITERALS = [
  '2026-12-07T12:00:00Z',
  '2026-12-12T00:00:00Z',
  '2026-12-25T00:00:00Z',
  '2027-01-01T00:00:00Z',
  '2027-03-28T01:00:00Z',
  '2027-05-01T00:00:00Z',
];
/** To and from summer time. */
const CLOCKS: Readonly<Record<string, readonly string[]>> = {
  UTC: [],
  'Europe/Berlin': ['2027-10-31T01:00:00Z'],
  'America/St_Johns': ['2027-03-14T05:30:00Z', '2027-11-07T04:30:00Z'],
  'Australia/Lord_Howe': ['2027-04-03T15:00:00Z', '2027-10-02T15:30:00Z'],
};
const TIMES_OF_DAY = [0, 2 * HOUR, 5 * HOUR, 9.5 * HOUR, 9.75 * HOUR];
const WEEK = 8 * DAY;

/** Instants of which each is told from its neighbours by some leaf, from the first on. */
export function instantsFrom(from: number, zones: readonly string[]): number[] {
  const later = [...LITERALS, ...zones.flatMap((zone) => CLOCKS[zone]!)].map((text) => Date.parse(text));
  const turns = [from, ...later.filter((turn) => turn > from)].sort((a, b) => a - b);
  const found = new Set<number>();
  const isHour = (at: number) =>
    zones.some((zone) => (at / MINUTE + tzOffset(zone, new Date(at))) % 60 === 0);
  for (const [n, turn] of turns.entries()) {
    const start = Math.floor(turn / DAY) * DAY - DAY;
    const end = Math.min((turns[n + 1] ?? Infinity) + DAY, start + WEEK);
    for (const edge of [turn, ...DURATIONS.map((duration) => turn - duration)])
      for (const by of [-MINUTE, -1, 0, 1, MINUTE]) found.add(edge + by);
    for (let at = start; at < end; at += HOUR / 2) if (isHour(at)) found.add(at);
    for (let day = start; day < end; day += DAY)
      for (const time of TIMES_OF_DAY) for (const by of [-1, 0, MINUTE]) found.add(day + time + by);
  }
  return [...found].filter((at) => at >= from).sort((a, b) => a - b);
}

const GIVEN = { liveGrants: 1, hasThis: false, recentDenials: 0, onCall: false };

/** Leaves that read the same attributes of the context, which alone decide what becomes of them. */
interface Group {
  leaves: readonly Leaf[];
  attributes: readonly string[];
  /** What else they are looked at with. */
  variants: readonly Context[];
  known: Map<string, string[]>;
}

const groups: readonly Group[] = [...new Set(TIMED.map(attributesOf))].map((names) => ({
  leaves: TIMED.filter((leaf) => attributesOf(leaf) === names),
  attributes: names.split(','),
  variants: names.includes('duration')
    ? DURATIONS.map((duration) => ({ duration: cedarDuration(duration) }))
    : names.includes('liveGrants')
      ? LIVE_GRANTS.map((liveGrants) => ({ liveGrants }))
      : [{}],
  known: new Map(),
}));

function attributesOf({ text }: Leaf): string {
  return [...new Set([...text.matchAll(/context(?:\.| has )(\w+)/g)].map(([, name]) => name!))].sort().join();
}

interface Clock {
  calls: Map<number, Call>;
  truths: Map<Group, Map<number, ReadonlyMap<string, string>>>;
}

/** What was looked up, by the clock of a folder. */
const clocks = new Map<string, Clock>();

function kept<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/**
 * What Cedar makes of leaves at an instant, by the clock of a folder.
 * @param leaves that read the time
 */
export function truthsAt(parts: Parts, leaves: readonly Leaf[]): (at: number) => string {
  const { timezone, businessHours } = parts.directory;
  const key = JSON.stringify([timezone, businessHours]);
  const { calls, truths } = kept(clocks, key, (): Clock => ({ calls: new Map(), truths: new Map() }));
  const asked = leaves.map((leaf) => {
    const group = groups.find((one) => attributesOf(leaf) === one.attributes.join())!;
    return { text: leaf.text, group, known: kept(truths, group, () => new Map()) };
  });
  return (at) => {
    const call = kept(calls, at, () => callAt(parts, at));
    return asked
      .map(({ text, group, known }) => kept(known, at, () => truthsIn(group, parts, call)).get(text))
      .join();
  };
}

function callAt(parts: Parts, at: number): Call {
  const [entitlement = ''] = parts.entitlements.keys();
  const who = { email: 'somebody@corp.example', groups: [] };
  return requestCall({ who, entitlement, duration: HOUR, given: GIVEN, at }, parts);
}

function truthsIn(group: Group, parts: Parts, call: Call): Map<string, string> {
  const texts = group.leaves.map(({ text }) => text);
  const answers = group.variants.map((variant) => {
    const context = { ...call.context, ...variant };
    const key = JSON.stringify(group.attributes.map((name) => context[name]));
    return kept(group.known, key, () =>
      leafTruths(parts, texts, `claims-${group.attributes.join()}`)({ ...call, context }),
    );
  });
  return new Map(texts.map((text, n) => [text, answers.map((answer) => answer[n]).join('')]));
}
