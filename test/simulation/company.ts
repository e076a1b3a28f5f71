import { parseChain, type Chain } from '../../src/domain/chain.js';
import type { Entitlement, Instant, JsonObject } from '../../src/domain/entitlement.js';
import type { Vote } from '../../src/domain/request/state.js';
import type { Actor, Directory } from '../../src/ports/people.js';
import type { Bundle } from '../../src/ports/policy.js';
import { hangs, type Patience, type Process, type Scheduler, type Silence } from './scheduler.js';
import { WITHIN } from './emergency/judge.js';
import { slackAccount } from '../support/accounts.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const OWN = '111122223333';
export const OTHER = '444455556666';
const TEAM = 'T1';
export const REQUESTERS = ['ana', 'oli', 'sam'];
export const EVERYBODY = ['ana', 'oli', 'sam', 'bob', 'kim', 'lee', 'gus'];
/** Who may go away, and who may stand in for them: some are both. */
export const SEATED = ['bob', 'bob', 'kim', 'lee', 'sam'];
export const DEPUTIES = ['val', 'wes', 'kim', 'lee', 'ana'];
export const mail = (name: string) => `${name}@corp.example`;
export const nameOf = (email: string) => email.split('@')[0]!;
export const actor = (name: string): Actor => ({ provider: 'slack', id: `U-${name}`, tenant: TEAM });

/** What holds in the company at one time. */
export interface Facts {
  chains: Record<string, string>;
  security: string[];
  deactivated: string[];
  /** Slack does not say who is who. */
  away: boolean;
  /** The catalog gives more than it did. */
  wide: boolean;
  /** Policy permits nothing. */
  frozen: boolean;
  /** Who may stand in for those who are away. */
  deputies: string[];
}

const allow = (...Action: string[]): JsonObject => ({
  statements: [{ Effect: 'Allow', Action, Resource: ['arn:aws:s3:::billing/*'] }],
});
export const ROLE = `arn:aws:iam::${OWN}:role/jit/Orders`;
/** What the catalog allows. */
export const EXTENSIONS = { most: 2, total: 5 * HOUR };
/** What nobody has to approve in an emergency. */
export const IN_EMERGENCY = ['orders', 'reports'];
/** How long a stage waits until its people are reminded, and until that of the manager goes on to the board. */
export const REMIND = 5 * MINUTE;
export const ESCALATE = 20 * MINUTE;
export const BOARD = ['lee', 'kim'];
const MANAGER: Record<string, string> = { bob: 'kim' };
const SLACK: Patience = { timeout: 3_000, lag: 0, again: 0, fault: () => new Error('Slack does not answer') };

/**
 * People, policy and catalog, all of which change while requests are under way; what held when is remembered.
 * @param delegations whether somebody may stand in for those of a stage
 */
export function company(time: Scheduler, silence: Silence, delegations = false) {
  let facts: Facts = {
    chains: { orders: 'manager, 2 of security', billing: 'manager', reports: 'security', remote: 'auto' },
    security: ['bob', 'sam', 'kim', 'lee'],
    deactivated: [],
    away: false,
    wide: false,
    frozen: false,
    deputies: DEPUTIES,
  };
  const timeline: { at: Instant; facts: Facts }[] = [{ at: time.now(), facts }];
  let bundle = made(facts);

  function change(next: Partial<Facts>): void {
    facts = { ...facts, ...next };
    bundle = made(facts);
    timeline.push({ at: time.now(), facts });
  }

  function candidates(stage: string, requester: string, at: Facts): string[] {
    if (stage === 'manager') return [MANAGER[nameOf(requester)] ?? 'bob'];
    return at.security;
  }

  function made(at: Facts): Bundle {
    const configs: Record<string, [string, string, JsonObject]> = {
      orders: ['sts-session', OWN, { roleArn: ROLE, chaining: false }],
      billing: [
        'iam-policy',
        OWN,
        at.wide ? allow('s3:GetObject', 's3:DeleteObject') : allow('s3:GetObject'),
      ],
      reports: ['iam-policy', OWN, allow('s3:GetObject')],
      remote: ['iam-policy', OTHER, allow('s3:GetObject')],
    };
    const entitlements = Object.entries(configs).map(
      ([id, [kind, account, config]]): [string, Entitlement] => {
        const about = {
          name: id,
          description: id,
          environment: 'production',
          account,
          risk: 'high',
        } as const;
        const rest = {
          owners: [],
          tags: {},
          durations: [15 * MINUTE, HOUR, 4 * HOUR],
          extensions: EXTENSIONS,
        };
        return [id, { id, ...about, ...rest, grant: { kind, config } }];
      },
    );
    const ruling = { policies: ['p'], advice: [], bundle: 'b' };
    const delegates = delegations ? { delegates: 'deputies' } : {};
    return {
      hash: 'b',
      inputs: [],
      usesGroup: () => true,
      forbids: [],
      emergencyPermits: ['e'],
      warnings: [],
      entitlements: new Map(entitlements),
      directory: {
        channel: 'C0ACCESS',
        timezone: 'UTC',
        justification: { minLength: 1 },
        approvalTimeout: 2 * HOUR,
        startWithin: 3 * 86_400_000,
        warnBefore: 10 * MINUTE,
        groups: {},
        emergency: { channel: 'C0INCIDENTS', tell: 'board', review: { by: 'security', within: WITHIN } },
        stages: [
          {
            name: 'manager',
            kind: 'manager',
            remind: REMIND,
            escalate: { after: ESCALATE, to: 'board' },
            ...delegates,
          },
          // Of what waits here nobody is reminded, so that the clock alone brings it to its end.
          { name: 'security', kind: 'group', group: 'security', ...delegates },
        ],
        people: delegations
          ? { [mail('ana')]: { manager: mail('bob') }, [mail('bob')]: { manager: mail('kim') } }
          : {},
        accounts: {
          [OTHER]: { manageRoleArn: `arn:aws:iam::${OTHER}:role/jit/Manage`, externalId: 'ext' },
        },
      },
      pdp: {
        request({ entitlement, emergency }) {
          if (at.frozen) return { ...ruling, outcome: 'denied', errors: [] };
          if (emergency && IN_EMERGENCY.includes(entitlement))
            return { ...ruling, policies: ['e'], outcome: 'auto', chain: [] };
          const chain = chainOf(entitlement, at);
          return { ...ruling, outcome: chain.length > 0 ? 'needs-approval' : 'auto', chain };
        },
        approve: ({ who, request, member }) => ({
          ...ruling,
          outcome: member && who.email !== request.requester.email ? 'allowed' : 'denied',
          errors: [],
        }),
        extend: ({ request: { chain = [] } }) =>
          at.frozen
            ? { ...ruling, outcome: 'denied', errors: [] }
            : { ...ruling, outcome: chain.length > 0 ? 'needs-approval' : 'auto', chain },
        may: (action, { who }) => ({
          ...ruling,
          outcome: action === 'review' || who.email === mail('lee') ? 'allowed' : 'denied',
          errors: [],
        }),
      },
    };
  }

  /** Who is who, as one process learns it over the network. */
  function directoryFor(process: Process): Directory {
    const ask = <T>(answer: () => T) =>
      hangs(time, silence, process, SLACK) ??
      time.call(process, SLACK, () => {
        if (facts.away) throw new Error('Slack is away');
        return answer();
      });
    const person: Directory['person'] = ({ id: slackId, tenant: team = TEAM }) =>
      ask(() => {
        const name = slackId.slice(2);
        if (facts.deactivated.includes(name)) return { refusal: { code: 'deactivated' } as const };
        if (name === 'gus') return { refusal: { code: 'guest' } as const };
        return { person: { email: mail(name), account: slackAccount(slackId, team) } };
      }).catch(() => ({ refusal: { code: 'directory-unavailable' } as const }));
    return {
      name: 'Slack',
      person,
      personEnding: async (actor, requester) =>
        actor.id === requester.account.id ? { person: requester } : person(actor),
      groups: ({ email }) =>
        ask(() => {
          const { security, deputies } = facts;
          const all = Object.entries(delegations ? { security, deputies } : { security });
          const groups = all.filter(([, people]) => people.includes(nameOf(email))).map(([name]) => name);
          return { groups, unknown: [] };
        }),
      candidates: (stage, requester) =>
        ask(() => ({
          people: candidates(stage, requester, facts).map((name) => ({
            email: mail(name),
            account: slackAccount(`U-${name}`, TEAM),
          })),
          unknown: [],
        })),
      members: () =>
        ask(() => ({
          people: BOARD.map((name) => ({ email: mail(name), account: slackAccount(`U-${name}`, TEAM) })),
          unknown: [],
        })),
      rest: () => ask(() => ({ timezone: 'UTC' })).catch(() => undefined),
      principal: (email) => ({ type: 'user', name: nameOf(email) }),
      refresh: async () => undefined,
      status: () => ({ lost: [] }),
    };
  }

  return {
    bundle: () => bundle,
    facts: () => facts,
    change,
    directoryFor,
    /** Did this hold at any moment of that time? Facts are gathered one after another, so none need hold throughout. */
    heldWithin: (from: Instant, to: Instant, holds: (facts: Facts) => boolean): boolean =>
      timeline.some(
        ({ at, facts }, i) => at <= to && (timeline[i + 1]?.at ?? Infinity) >= from && holds(facts),
      ),
    /** Has anybody been kept from looking people up since then? */
    silentSince: (from: Instant): boolean =>
      silence.from <= time.now() && silence.until >= from
        ? true
        : timeline.some(
            ({ at, facts }, i) => facts.away && (timeline[i + 1]?.at ?? Infinity) >= from && at <= time.now(),
          ),
    /** By themselves, or as a deputy of one who holds a seat. @param escalated whether the stage has gone on to the board */
    mayFill: (
      {
        stage,
        by,
        delegatedBy,
        escalated,
      }: Pick<Vote, 'stage' | 'by' | 'delegatedBy'> & { escalated: boolean },
      requester: string,
      at: Facts,
    ): boolean => {
      const seat = delegatedBy ?? by;
      const seats = [...candidates(stage, requester, at), ...(escalated ? BOARD : [])];
      return (
        seats.includes(nameOf(seat.email)) &&
        (seat === by || at.deputies.includes(nameOf(by.email))) &&
        [seat, by].every(({ email }) => !at.deactivated.includes(nameOf(email)) && email !== requester)
      );
    },
  };
}

export function chainOf(entitlement: string, { chains }: Facts): Chain {
  const chain = parseChain(chains[entitlement] ?? '');
  if (typeof chain === 'string') throw new Error(chain);
  return chain;
}

export type Company = ReturnType<typeof company>;
