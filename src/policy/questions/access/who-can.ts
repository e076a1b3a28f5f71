import { canonical, type Instant } from '../../../domain/entitlement.js';
import type { Pdp } from '../../../ports/policy.js';
import type { Parts } from '../../policy.js';
import { axesOf, boxesOfAll } from '../boxes.js';
import { timesIn } from '../cells/when.js';
import { isGiving } from '../model/decide.js';
import { bounded } from '../model/diagram.js';
import { modelOf } from '../model/model.js';
import { profilesIn, type Profile } from '../profiles/profiles.js';
import { tooMuch } from '../too-much.js';
import { answerBy, questionWith } from '../witness.js';
import { waysOf, type Access } from './ways.js';

export interface WhoCan {
  entitlement: string;
  rows: ({ who: string } & Access)[];
  /** Who may not ask for it. */
  denied: string[];
  /** What has to be found of people, where it is what is usual, and rows do not say it: `liveGrants 0–2`. */
  usual: string[];
  /** Whether each way of being in groups is told, or only the least that have the same. */
  all: boolean;
  /** What is not proven, and why. */
  open: string[];
}

/** Who may ask for something: everybody whom the policies tell apart. */
export function whoCan(parts: Parts, pdp: Pdp, entitlement: string, at: Instant): WhoCan {
  return bounded(
    () => proven(parts, pdp, entitlement, at),
    (why) => ({
      entitlement,
      rows: [],
      denied: [],
      usual: [],
      all: false,
      open: [tooMuch(why, parts.policies)],
    }),
  );
}

function proven(parts: Parts, pdp: Pdp, entitlement: string, at: Instant): WhoCan {
  const model = modelOf([parts], { from: at, only: [entitlement] });
  const { variables, diagrams: d } = model;
  const decision = model.decision(0, entitlement);
  const { profiles, all, unsure } = profilesIn(model, decision);
  const parted = boxesOfAll(model);
  const when = timesIn(axesOf(variables).time.cells, parts.directory.timezone);
  const found = profiles.map((profile) => ({
    profile,
    ...waysOf(model, parts, parted(profile.left, isGiving), when, (values) =>
      answerBy(
        pdp,
        questionWith(model, entitlement, profile.person, new Map([...profile.values, ...values])),
      ),
    ),
  }));
  const telling = found.filter((one) => tells(one, found));
  return {
    entitlement,
    rows: telling.flatMap(({ profile, ways }) => ways.map((way) => ({ who: profile.name, ...way }))),
    denied: [...new Set(telling.filter(({ ways }) => ways.length === 0).map(deniedFor))],
    usual: [...new Set(telling.flatMap(({ usual }) => usual))],
    all,
    open: [...unsure, ...found.flatMap(({ open }) => open)],
  };

  /** Those of its groups because of which nobody may ask who is in them, whatever else they are in. */
  function deniedFor({ profile }: Found): string {
    const { person, values, named } = profile;
    const kept = new Set([...values].flatMap(([number, value]) => (value === 1 ? [number] : [])));
    const isDenied = () => {
      const left = d.restricted((number) => person.values.get(number) ?? (kept.has(number) ? 1 : undefined))(
        decision,
      );
      return [...d.answers(left)].every((answer) => !isGiving(answer));
    };
    if (named || !isDenied()) return profile.name;
    for (const number of Array.from(kept)) {
      kept.delete(number);
      if (!isDenied()) kept.add(number);
    }
    const names = [...kept].flatMap((number) => {
      const variable = variables[number]!;
      return variable.is === 'group' ? [variable.name] : [];
    });
    return (
      profile.groups.filter((name) => names.includes(name) || person.listed.includes(name)).join(' + ') ||
      profile.name
    );
  }
}

interface Found {
  profile: Profile;
  ways: Access[];
  usual: readonly string[];
}

/**
 * Whether a profile says more than those of fewer groups that come nearest to it: one that gains nothing needs no row.
 * A person whom a policy names comes after all groups they are in; what is said of an address is said of no other.
 */
function tells(one: Found, found: readonly Found[]): boolean {
  const isWithin = ({ profile: a }: Found, { profile: b }: Found) =>
    a !== b &&
    a.groups.every((group) => b.groups.includes(group)) &&
    (a.named
      ? a.address === b.address && a.groups.length < b.groups.length
      : b.named || a.groups.length < b.groups.length);
  const smaller = found.filter((other) => isWithin(other, one));
  const nearest = smaller.filter((other) => !smaller.some((larger) => isWithin(other, larger)));
  const able = nearest.filter(({ ways }) => ways.length > 0);
  if (able.length === 0)
    return one.ways.length > 0 || smaller.length === 0 || found.some((other) => stops(one, other));
  return able.some(({ ways }) => canonical(ways) !== canonical(one.ways));
}

/** Whether those of a profile that may do nothing could be in the groups of another that may do something. */
function stops(one: Found, other: Found): boolean {
  const isOther = !one.profile.groups.every((group) => other.profile.groups.includes(group));
  const isAlso = [...other.profile.values].every(
    ([number, value]) => value === 0 || one.profile.values.get(number) !== 0,
  );
  return one.ways.length === 0 && other.ways.length > 0 && isOther && isAlso && other.profile.values.size > 0;
}
