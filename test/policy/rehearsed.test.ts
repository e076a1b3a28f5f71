import { createPdp } from '../../src/policy/pdp.js';
import { rehearsed } from '../../src/policy/rehearsed.js';
import type { Pdp } from '../../src/ports/policy.js';
import { folder, loadedAt, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

const partsOf = async (policies: string) =>
  (await loadedAt(await folder({ 'policies.cedar': policies }))).parts;

const ana = { email: 'ana@corp.example', groups: ['engineers'] };
const eva = { email: 'eva@corp.example', groups: ['engineers', 'dba'] };
const sam = { email: 'sam@corp.example', groups: ['security'] };
const kim = { email: 'kim@corp.example', groups: ['security', 'dba'] };
const FRIDAY = Date.UTC(2026, 10, 20, 10);
const HOUR = 3_600_000;
const request = { id: 'r1', requester: ana, entitlement: 'logs', duration: HOUR, approvedBy: [] as string[] };
type Vote = Parameters<Pdp['approve']>[0];
const vote: Vote = { who: sam, request, stage: 'security', member: true, at: FRIDAY };

/** Votes, each of which differs from the first in one thing. */
const VOTES: Record<string, Vote> = {
  first: vote,
  'another request': { ...vote, request: { ...request, id: 'r2' } },
  later: { ...vote, at: FRIDAY + 12 * HOUR },
  'another voter': { ...vote, who: kim },
  'in other groups': { ...vote, who: { ...sam, groups: ['security', 'dba'] } },
  'no member': { ...vote, member: false },
  'another stage': { ...vote, stage: 'owners' },
  'asked by another': { ...vote, request: { ...request, requester: eva } },
  longer: { ...vote, request: { ...request, duration: 4 * HOUR } },
  'agreed to': { ...vote, request: { ...request, approvedBy: [kim.email] } },
  'for somebody': { ...vote, delegatedBy: kim },
  'a group that is lost': {
    ...vote,
    who: { ...sam, groups: [], unknownGroups: [{ name: 'security', why: 'lost', lasting: true }] },
  },
};

const on = 'action == Jit::Action::"approve"';
const members = `@id("m") permit (principal, ${on}, resource) when { principal in context.group };`;
const no = (when: string) => `${members}\n@id("no") forbid (principal, ${on}, resource) when { ${when} };`;
/** What the votes are told apart by. */
const POLICIES: Record<string, string> = {
  members,
  time: no('context.now.toTime() >= duration("20h")'),
  'all of the context': no('context == context && context.stage == "owners"'),
  'one request': `${members}\n@id("no") forbid (principal, ${on}, resource == Jit::Request::"r2");`,
  'one request, written oddly': no('resource == Jit::Request // this\n :: "r2"'),
  requester: no('resource.requester in Jit::Group::"dba"'),
  duration: no('resource.requested > duration("2h")'),
  votes: no('resource.approvedBy.contains(Jit::User::"kim@corp.example")'),
  groups: no('principal in Jit::Group::"dba"'),
  stage: no('context.stage == "owners"'),
  seats: no('context has delegatedBy'),
  'a lost group': `${members}\n@id("no") forbid (principal in Jit::Group::"security", ${on}, resource) when { context.stage == "owners" };`,
};

test.each(Object.keys(POLICIES))(
  'invariant 3: a vote that is rehearsed is answered as the vote would be, whatever was asked before: %s',
  async (name) => {
    const pdp = createPdp(await partsOf(POLICIES[name]!));
    const asked = Object.entries(VOTES);
    const answers = new Set<string>();
    for (const [, first] of asked) pdp.approve({ ...first, probe: true });
    for (const [about, one] of asked) {
      const answer = pdp.approve(one);
      answers.add(answer.outcome);
      expect([about, pdp.approve({ ...one, probe: true })]).toEqual([about, answer]);
    }
    // Else the policy tells none of them from another, and nothing is tried.
    expect(answers).toContain('allowed');
    expect(answers).toContain('denied');
  },
);

describe('the same question', () => {
  const found = async (texts: string) => {
    const asked: string[] = [];
    const { policies } = await partsOf(texts);
    const ask = rehearsed(policies, ({ request: { id } }) => {
      asked.push(id);
      return { outcome: 'allowed', policies: [], advice: [], bundle: 'h', errors: [] };
    });
    return { ask, asked };
  };

  test('is asked once of forty requests that policies cannot tell apart, and not again later', async () => {
    const { ask, asked } = await found(POLICIES['requester']!);
    for (let n = 0; n < 40; n++) ask({ ...vote, at: FRIDAY + n, request: { ...request, id: `r${n}` } });
    expect(asked).toEqual(['r0']);
  });

  test.each(['time', 'all of the context', 'one request', 'one request, written oddly'])(
    'is another one where policies read what is not the same: %s',
    async (name) => {
      const { ask, asked } = await found(POLICIES[name]!);
      for (const id of ['r1', 'r2'])
        ask({ ...vote, at: FRIDAY + Number(id[1]), request: { ...request, id } });
      expect(asked).toEqual(['r1', 'r2']);
    },
  );

  test('is asked again where Cedar could not answer', () => {
    let asked = 0;
    const ask = rehearsed([], () => {
      asked++;
      return { outcome: 'denied', policies: [], advice: [], bundle: 'h', errors: ['Cedar has trapped'] };
    });
    ask(vote);
    ask(vote);
    expect(asked).toBe(2);
  });
});
