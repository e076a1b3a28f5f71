import * as z from 'zod';
import { parseChain, type Stage } from '../../../domain/chain.js';
import type { DirectoryConfig } from '../../../domain/directory.js';
import type { Entitlement } from '../../../domain/entitlement.js';
import type { Loaded } from '../../load.js';
import * as s from '../../read/shapes.js';
import { unknown } from '../../read/suggest.js';
import { perhapsSeveral } from '../several.js';
import { concerns, conditionsOf } from './about.js';
import type { Law } from './law.js';

const NEVER = 'what must never be, such as { environment: production, outcome: auto }';
const REQUESTER = 'groups: or notIn:, each with a list of groups';
const CHAIN = 'fewerThan: 2 people, or without: and a stage';
const TAGS = 'tags with their values, such as { team: payments }';

/** What a law looks like. All that it names is in the folder: a misspelt law would hold whatever the policies say. */
export function lawShape({ parts, bundle: { directory, entitlements } }: Loaded) {
  const catalog = [...entitlements.values()];
  const never = s
    .object(
      {
        ...entitlementParts(catalog),
        ...requestParts(directory, parts.declared ?? new Set()),
        outcome: s.oneOf('auto', 'needs-approval').optional(),
        chain: chainShape(directory).optional(),
      },
      NEVER,
    )
    .superRefine(notEmpty(NEVER))
    .superRefine(({ outcome, chain }, context) => {
      if (outcome !== 'needs-approval' || chain?.fewerThan !== 1) return;
      const message = 'what needs approval is approved by one person at least, so this would always hold';
      context.addIssue({ code: 'custom', path: ['chain', 'fewerThan'], message });
    });
  return s
    .object({ name: s.text('what the law says'), never }, 'a law')
    .transform(({ name, never: { outcome, chain, ...about } }, context): Law => {
      const concerned = catalog.filter((entitlement) => concerns(about, entitlement));
      const message = 'no entitlement of catalog.yml is all of this, so the law would always hold';
      if (concerned.length === 0) context.addIssue({ code: 'custom', path: ['never'], message });
      return {
        name,
        entitlements: concerned.map(({ id }) => id),
        when: conditionsOf(about),
        answer: { outcome, ...chain },
      };
    });
}

/** What a law says of an entitlement. */
function entitlementParts(catalog: readonly Entitlement[]) {
  const known = (what: string, names: readonly string[]) =>
    s.text(`an ${what} of catalog.yml`).superRefine(s.check(s.among(what, [...new Set(names)])));
  const each = (name: 'id' | 'environment' | 'account') => catalog.map((entitlement) => entitlement[name]);
  const account = s.account.superRefine(s.check(s.among('account', [...new Set(each('account'))])));
  return {
    entitlement: perhapsSeveral(known('entitlement', each('id')), 'a list of entitlements'),
    environment: perhapsSeveral(known('environment', each('environment')), 'a list of environments'),
    account: perhapsSeveral(account, 'a list of accounts'),
    risk: perhapsSeveral(s.oneOf('low', 'medium', 'high'), 'a list such as [medium, high]'),
    tags: tagShape(catalog).optional(),
  };
}

function tagShape(catalog: readonly Entitlement[]) {
  const error = `is not right; write ${TAGS}`;
  const tags = catalog.flatMap((entitlement) => Object.entries(entitlement.tags));
  const valuesOf = (name: string) => tags.flatMap(([other, value]) => (other === name ? [value] : []));
  const wrong = (name: string, value: string) =>
    valuesOf(name).length === 0
      ? unknown('tag', name, new Set(tags.map(([other]) => other)))
      : s.among('value', [...new Set(valuesOf(name))])(value);
  return z
    .record(z.string(), z.string({ error }), { error })
    .superRefine(notEmpty(TAGS))
    .superRefine((written, context) => {
      for (const [name, value] of Object.entries(written)) {
        const message = wrong(name, value);
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
      }
    });
}

/** What it says of a request itself. */
function requestParts(directory: DirectoryConfig, declared: ReadonlySet<string>) {
  const group = s.name.superRefine(s.check(s.among('group', Object.keys(directory.groups))));
  const groups = s
    .list(group, 'a list of groups')
    .min(1, { error: 'is an empty list; write a list of groups' })
    .optional();
  const requester = s
    .object({ groups, notIn: groups }, REQUESTER)
    .superRefine(notEmpty(REQUESTER))
    .superRefine(({ groups: within = [], notIn = [] }, context) => {
      const both = within.find((name) => notIn.includes(name));
      const message = `nobody is in ${both} and not in it, so the law would always hold`;
      if (both !== undefined) context.addIssue({ code: 'custom', path: ['notIn'], message });
    });
  const input = (name: 'businessHours' | 'onCall') =>
    s.flag.superRefine((_, context) => {
      const message =
        directory[name] === undefined
          ? `directory.yml has no ${name}:, so nothing is known of it; write it there`
          : declared.has(name)
            ? undefined
            : `schema.cedarschema has no ${name}; copy the one of the default policy folder`;
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
  return {
    requester: requester.optional(),
    duration: s.object({ over: s.duration }, 'over: with a duration, such as { over: 4h }').optional(),
    ticket: s.flag.optional(),
    emergency: s.flag.optional(),
    businessHours: input('businessHours').optional(),
    onCall: input('onCall').optional(),
  };
}

/** What it says of the answer. */
function chainShape({ stages }: DirectoryConfig) {
  const names = stages.map(({ name }) => name);
  const right = 'a stage, such as security or 2 of security';
  const stage = s.text(right).transform((written, context): Stage => {
    const [first, ...more] = stagesIn(written);
    const message =
      first && more.length === 0
        ? s.among('stage', names)(first.name)
        : `${JSON.stringify(written)} is not right; write ${right}`;
    if (first && message === undefined) return first;
    context.addIssue({ code: 'custom', message: message ?? right });
    return z.NEVER;
  });
  return s
    .object({ fewerThan: people.optional(), without: stage.optional() }, CHAIN)
    .superRefine(notEmpty(CHAIN));
}

function stagesIn(written: string): Stage[] {
  const chain = parseChain(written);
  return typeof chain === 'string' ? [] : chain;
}

const PEOPLE = 'a number of people, such as 2 people';
/** With the word, so that nobody takes it for a number of stages. */
const people = s.text(PEOPLE).transform((written, context) => {
  const [, count] = /^([1-9]\d?) (?:people|person)$/.exec(written) ?? [];
  if (count !== undefined) return Number(count);
  context.addIssue({ code: 'custom', message: `${JSON.stringify(written)} is not right; write ${PEOPLE}` });
  return z.NEVER;
});

const notEmpty = (right: string) => (written: object, context: z.RefinementCtx) => {
  // Where something else is wrong, that is enough.
  const isRead = context.issues.length === 0;
  if (isRead && Object.values(written).every((value) => value === undefined))
    context.addIssue({ code: 'custom', message: `says nothing; write ${right}` });
};
