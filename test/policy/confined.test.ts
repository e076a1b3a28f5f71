import { folder, kinds, load, problemsOf, removeFolders } from '../support/policy.js';
import { catalogOf, entry } from '../support/sub-folder.js';
import { loadFolder, type Loaded } from '../../src/policy/load.js';
import { createPdp } from '../../src/policy/pdp.js';
import type { Who } from '../../src/ports/policy.js';
import { random, type Random } from '../fuzz/random.js';
import { actPolicies, CATALOG, DIRECTORY, policies, question } from './questions/random-policies.js';
import { tries } from '../support/tries.js';

afterEach(removeFolders);

const REQUEST = 'action == Jit::Action::"request"';
const APPROVE = 'action == Jit::Action::"approve"';
const OWN = 'Jit::Environment::"payments"';
const files = (policy: string, more: Record<string, string> = {}) => ({
  'payments/catalog.yml': catalogOf(entry('cards')),
  'payments/own.cedar': `${policy}\n`,
  ...more,
});
const RULE = 'a policy in payments/ may reach only what payments/catalog.yml has';
const MOVE = 'or move it to the top folder';

describe('invariant 4: a policy in a sub-folder that reaches beyond it keeps the folder from loading', () => {
  test.each([
    ['a forbid of everything', `@id("a") forbid (principal, action, resource);`],
    ['a forbid of requests', `@id("a") forbid (principal, ${REQUEST}, resource);`],
    ['a permit of requests', `@id("a") @chain("auto") permit (principal, ${REQUEST}, resource);`],
    ['what depends on the person', `@id("a") forbid (principal in Jit::Group::"dba", ${REQUEST}, resource);`],
    [
      'another environment',
      `@id("a") forbid (principal, ${REQUEST}, resource in Jit::Environment::"staging");`,
    ],
    ['another account', `@id("a") forbid (principal, ${REQUEST}, resource in Jit::Account::"444455556666");`],
    ['another entitlement', `@id("a") forbid (principal, ${REQUEST}, resource == Jit::Entitlement::"logs");`],
    [
      'one of several',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { resource in [${OWN}, Jit::Environment::"staging"] };`,
    ],
    [
      'a property that others have, too',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { resource.risk == "low" };`,
    ],
    ['all but its own', `@id("a") forbid (principal, ${REQUEST}, resource) unless { resource in ${OWN} };`],
    [
      'its own or everybody on Sundays',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { resource in ${OWN} || context.weekday == 7 };`,
    ],
    [
      'its own, or others for some durations',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { if context.duration > duration("1h") then resource in ${OWN} else context.hour > 8 };`,
    ],
    [
      'numbers that only their text tells apart',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { 9007199254740993 != 9007199254740992 };`,
    ],
    [
      'such numbers beside what is looked up',
      `@id("a") forbid (principal, ${REQUEST}, resource) when { context has liveGrants && context.liveGrants + 9007199254740993 > 9007199254740992 };`,
    ],
    [
      'several actions, of which it confines one',
      `@id("a") forbid (principal, action in [${[REQUEST, APPROVE].map((one) => one.slice('action == '.length)).join(', ')}], resource)
when { resource is Jit::Request || resource in ${OWN} };`,
    ],
  ])('%s', async (_, policy) => {
    expect(await problemsOf(files(policy))).toEqual([
      expect.stringMatching(
        /^payments\/own\.cedar:1: policy "a" also decides about "(?:request|approve)" for "logs" of catalog\.yml, and a policy in payments\/ may reach only what payments\/catalog\.yml has; ask for resource(?:\.entitlement)? in Jit::Environment::"payments", or move it to the top folder$/,
      ),
    ]);
  });

  test.each(['approve', 'revoke', 'audit', 'extend'])('%s, of whatever request', async (action) => {
    const head = (effect: string) =>
      `@id("a") ${effect} (principal, action == Jit::Action::"${action}", resource)`;
    const both = ['permit', 'forbid'].map(head);
    for (const policy of both.map((text) => `${text};`))
      expect(await problemsOf(files(policy))).toEqual([
        `payments/own.cedar:1: policy "a" also decides about "${action}" for "logs" of catalog.yml, and ${RULE}; ask for resource.entitlement in ${OWN}, ${MOVE}`,
      ]);
    for (const policy of both)
      expect((await load(files(`${policy} when { resource.entitlement in ${OWN} };`))).warnings).toEqual([]);
  });

  test('the entitlements of another sub-folder are others, too', async () => {
    const problems = await problemsOf(
      files(`@id("a") forbid (principal, ${REQUEST}, resource in Jit::Environment::"zoo");`, {
        'zoo/catalog.yml': catalogOf(entry('lion', { environment: 'zoo' })),
      }),
    );
    expect(problems).toEqual([
      `payments/own.cedar:1: policy "a" also decides about "request" for "lion" of zoo/catalog.yml, and ${RULE}; ask for resource in ${OWN}, ${MOVE}`,
    ]);
  });

  test('what errs on others denies them', async () => {
    const problems = await problemsOf(
      files(
        `@id("a") forbid (principal, ${REQUEST}, resource)\nwhen { context.hour + 9223372036854775807 > 1 && resource in ${OWN} };`,
      ),
    );
    expect(problems).toEqual([
      `payments/own.cedar:1: policy "a" may err on "request" for "logs" of catalog.yml, which denies it, and ${RULE}; ask for resource in ${OWN} in its head, or in a when { … } before the others, ${MOVE}`,
    ]);
  });

  test.each([
    ['an input, in a forbid', 'forbid', 'context has liveGrants && context.liveGrants > 2'],
    [
      'an input, in a permit, whose stages count',
      '@chain("security") permit',
      'context has onCall && !context.onCall',
    ],
    ['a group of Slack', 'forbid', 'principal in Jit::Group::"engineers"'],
  ])('what counts for others while it is not known: %s', async (_, effect, reading) => {
    const directory = {
      'directory.yml': `${await directoryText()}onCall: { ical: "https://x.example/x.ics" }\n`,
    };
    const together = `@id("a") ${effect} (principal, ${REQUEST}, resource) when { resource in ${OWN} && ${reading} };`;
    expect(await problemsOf(files(together, directory))).toEqual([
      `payments/own.cedar:1: policy "a" decides about "request" for "logs" of catalog.yml while something that it reads is not known, and ${RULE}; ask for resource in ${OWN} in its head, or in a when { … } before the others, ${MOVE}`,
    ]);
    const apart = together.replace(' && ', ' } when { ');
    expect((await load(files(apart, directory))).warnings).toEqual([]);
    expect(
      await problemsOf(
        files(apart.replace(/when \{ (.*) \} when \{ (.*) \};/, 'when { $2 } when { $1 };'), directory),
      ),
    ).toHaveLength(1);
  });

  async function directoryText(): Promise<string> {
    const { FILES } = await import('../support/policy.js');
    return FILES['directory.yml'];
  }

  test('who is in a list is always known', async () => {
    const policy = `@id("a") forbid (principal, ${REQUEST}, resource) when { principal in Jit::Group::"dba" && resource in ${OWN} };`;
    expect((await load(files(policy))).forbids).toEqual(['a']);
  });

  test('each policy by itself, at its place, and a misspelt one only for that', async () => {
    const text = `// Ours.
@id("fine") forbid (principal, ${REQUEST}, resource in ${OWN});

  @id("b")
  forbid (principal, ${REQUEST}, resource);
@id("c") forbid (principal, ${REQUEST}, resource) when { resource.rsk == "low" };
@id("d") forbid (principal, ${APPROVE}, resource);`;
    const loaded = await loadFolder(await folder(files(text)), { kinds });
    const problems = 'problems' in loaded ? loaded.problems : [];
    expect(
      problems.map(({ line, column, message }) => [line, column, message.split(' ', 3).join(' ')]),
    ).toEqual([
      [4, 3, 'policy "b" also'],
      [6, 80, 'policy "c": attribute'],
      [7, 1, 'policy "d" also'],
    ]);
  });

  test.each([
    ['its environment', [entry('cards'), entry('ledger')], `in ${OWN}`],
    [
      'its account',
      [entry('cards', { environment: 'staging' }), entry('ledger', { environment: 'production' })],
      'in Jit::Account::"222233334444"',
    ],
    [
      'its tag',
      [
        entry('cards', { environment: 'staging', account: '444455556666' }),
        entry('ledger', { account: '444455556666' }),
      ],
      'resource.hasTag("team") && resource.getTag("team") == "payments"',
    ],
    [
      'its id',
      [entry('cards', { environment: 'staging', account: '444455556666' })],
      '== Jit::Entitlement::"cards"',
    ],
    ['nothing', [], 'there is nothing in that yet: move it to the top folder'],
  ])('the answer names what only its own have: %s', async (name, entries, remedy) => {
    const others = name === 'its id' ? { 'zoo/catalog.yml': catalogOf(entry('lion')) } : {};
    const found = await problemsOf(
      files(`@id("a") forbid (principal, ${REQUEST}, resource);`, {
        'payments/catalog.yml': catalogOf(...entries),
        ...others,
      }),
    );
    expect(found).toEqual([expect.stringContaining(remedy)]);
  });
});

describe('a policy in a sub-folder that reaches its own alone loads', () => {
  test.each([
    `forbid (principal, ${REQUEST}, resource == Jit::Entitlement::"cards");`,
    `forbid (principal, ${REQUEST}, resource in ${OWN});`,
    `forbid (principal, ${REQUEST}, resource is Jit::Entitlement in Jit::Account::"222233334444");`,
    `forbid (principal, ${REQUEST}, resource) when { resource.hasTag("team") && resource.getTag("team") == "payments" };`,
    `forbid (principal, ${REQUEST}, resource) when { resource in [${OWN}, Jit::Environment::"payments"] } when { context.hour + 1 > 9 };`,
    `forbid (principal, ${REQUEST}, resource) when { [Jit::Entitlement::"cards"].contains(resource) };`,
    `forbid (principal, ${REQUEST}, resource) unless { !(resource in ${OWN}) || context.weekday < 6 };`,
    `forbid (principal, action in [${REQUEST.slice(10)}], resource in ${OWN});`,
    `forbid (principal, ${REQUEST}, resource) when { if resource in ${OWN} then context.hour > 8 else false };`,
    `@chain("manager") permit (principal in Jit::Group::"engineers", ${REQUEST}, resource in ${OWN});`,
    `permit (principal in Jit::Group::"engineers", action in [Jit::Action::"revoke", Jit::Action::"audit"], resource)
when { resource.entitlement.hasTag("team") && resource.entitlement.getTag("team") == "payments" } unless { principal in resource.entitlement.owners };`,
  ])('%s', async (policy) => {
    const { warnings, entitlements } = await load(files(`@id("a") ${policy}`));
    expect([warnings, entitlements.size]).toEqual([[], 2]);
  });

  test('until somebody else has what it goes by', async () => {
    const policy = `@id("a") forbid (principal, ${REQUEST}, resource) when { resource.hasTag("team") && resource.getTag("team") == "payments" };`;
    expect(await problemsOf(files(policy))).toEqual([]);
    const zoo = { 'zoo/catalog.yml': catalogOf(entry('lion', { environment: 'zoo' })) };
    expect(await problemsOf(files(policy, zoo))).toEqual([
      expect.stringContaining('"lion" of zoo/catalog.yml'),
    ]);
  });
});

describe('a team’s own policies, tried', () => {
  const PAY = `entitlements:
  - { id: three, name: Three, description: Three., environment: pay, account: "222233334444", risk: medium, owners: [b], durations: [1h, 4h], tags: { team: pay }, sts-session: { roleArn: "arn:aws:iam::222233334444:role/jit/Three" } }
`;
  const guards = (what: string) => [
    `${what} in Jit::Environment::"pay"`,
    `${what} == Jit::Entitlement::"three"`,
    `${what}.hasTag("team") && ${what}.getTag("team") == "pay"`,
    `${what}.risk == "medium"`,
    `!(${what} in Jit::Account::"111122223333")`,
  ];

  /** Somewhere in each policy a guard, or in none. */
  function guarded(r: Random, text: string, what: string): string {
    return text
      .split(/(?=@id)/)
      .map((one) => {
        const guard = r.pick(guards(what));
        const kind = r.int(5);
        // From Wednesday on it errs.
        if (r.int(3) === 0) one = one.replaceAll('context.weekday', 'context.weekday * 4000000000000000000');
        if (kind === 0) return one;
        if (kind === 1) return one.replace(/\)\n/, `)\nwhen { ${guard} }\n`);
        if (kind === 2) return one.replace(/;\s*$/, ` when { ${guard} };\n`);
        if (kind === 3) return one.replace(/when \{/, `when { ${guard} && `);
        return what === 'resource'
          ? one.replace(/, resource[^)]*\)\n/, `, resource in Jit::Environment::"pay")\n`)
          : one;
      })
      .join('');
  }

  test('invariant 4: of those that load, none has any effect on others, whatever is not known', async () => {
    const r = random(20_261_128);
    const from = Date.UTC(2026, 10, 20, 12);
    const counts = { loaded: 0, refused: 0 };
    for (let n = 0; n < tries(120, 800); n++) {
      const isAct = n % 3 === 0;
      const theirs = guarded(
        r,
        isAct ? actPolicies(r) : policies(r, 1),
        isAct ? 'resource.entitlement' : 'resource',
      );
      const ours = `${policies(r)}${actPolicies(r)}`.replaceAll('@id("', '@id("our-');
      const loaded = await loadFolder(
        await folder({
          'directory.yml': DIRECTORY,
          'catalog.yml': CATALOG,
          'policies.cedar': ours,
          'pay/catalog.yml': PAY,
          'pay/theirs.cedar': theirs,
        }),
        { kinds },
      );
      if ('problems' in loaded) {
        counts.refused += loaded.problems.some(({ message }) => message.includes('may reach only')) ? 1 : 0;
        continue;
      }
      counts.loaded++;
      const found = differing(r, loaded, from);
      if (found !== undefined) throw new Error(`number ${n}: ${found}\n${theirs}\n${ours}`);
      await removeFolders();
    }
    expect(Math.min(counts.loaded, counts.refused)).toBeGreaterThan(15);
  });

  /** A question about another's entitlement that is answered otherwise than without them. */
  function differing(r: Random, { parts, bundle: { pdp } }: Loaded, from: number): string | undefined {
    const alone = createPdp({ ...parts, policies: parts.policies.filter(({ id }) => id.startsWith('our-')) });
    const lose = (who: Who): Who => {
      const lost = ['a', 'b'].filter(() => r.int(3) === 0);
      const unknownGroups = lost.map((name) => ({ name, why: 'Slack does not say', lasting: false }));
      return { ...who, groups: who.groups.filter((name) => !lost.includes(name)), unknownGroups };
    };
    for (let k = 0; k < 25; k++) {
      const asked = question(r, from, (id) => parts.entitlements.get(id)!.durations);
      const { who: requester } = question(r, from, () => [1]);
      const { entitlement, duration, at } = asked;
      const who = lose(asked.who);
      const request = { id: 'R1', requester: lose(requester), entitlement, duration, approvedBy: [] };
      const about = { who, request, at };
      const vote = { ...about, stage: r.pick(['manager', 'owners', 'security']), member: r.int(3) > 0 };
      const answers = [pdp, alone].map((one) =>
        JSON.stringify([
          one.request({ ...asked, who }),
          ...(who.email === requester.email
            ? []
            : [one.approve(vote), one.may('revoke', about), one.may('audit', about)]),
        ]),
      );
      if (answers[0] !== answers[1]) return `${JSON.stringify([asked, about])}\n${answers.join('\n')}`;
    }
    return undefined;
  }
});
