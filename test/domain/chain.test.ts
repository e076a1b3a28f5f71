import {
  formatChain,
  isComplete,
  mergeChains,
  openStage,
  parseChain,
  unfillable,
} from '../../src/domain/chain.js';
import { bob, chain, kim, sam, vote } from '../support/requests.js';

describe('the grammar of chains', () => {
  test.each([
    ['', '"" is not a stage: write a stage\'s name, or "2 of <stage>"'],
    ['manager,', '"" is not a stage'],
    ['2 of', '"2 of" is not a stage'],
    ['0 of security', '"0 of security" is not a stage'],
    ['-1 of security', '"-1 of security" is not a stage'],
    ['1.5 of security', '"1.5 of security" is not a stage'],
    ['100 of security', '"100 of security" is not a stage'],
    ['two of security', '"two of security" is not a stage'],
    ['Security', '"Security" is not a stage'],
    ['manager; security', '"manager; security" is not a stage'],
    ['manager\nsecurity', '"manager\nsecurity" is not a stage'],
    ['auto, manager', '"auto" must be the whole chain: it cannot be one stage among others'],
    ['2 of auto', '"auto" must be the whole chain'],
    ['manager, 2 of manager', 'the stage "manager" appears twice'],
  ])('%j is not a chain', (text, problem) => {
    expect(parseChain(text)).toEqual(expect.stringContaining(problem));
  });

  test.each([
    ['auto', []],
    [' auto ', []],
    ['manager', [{ name: 'manager', quorum: 1 }]],
    ['1 of manager', [{ name: 'manager', quorum: 1 }]],
    [
      ' manager ,2 of security',
      [
        { name: 'manager', quorum: 1 },
        { name: 'security', quorum: 2 },
      ],
    ],
    ['99 of on-call-2', [{ name: 'on-call-2', quorum: 99 }]],
  ])('%j is one', (text, stages) => {
    expect(parseChain(text)).toStrictEqual(stages);
  });

  test.each(['auto', 'manager', 'manager, 2 of security'])('%j is written as it is read', (text) => {
    expect(formatChain(chain(text))).toBe(text);
  });
});

const merge = (...texts: string[]) =>
  formatChain(mergeChains(texts.map(chain), ['manager', 'owners', 'dba', 'security']));

describe('merging is strictest wins', () => {
  test.each([
    [[], 'auto'],
    [['auto', 'auto'], 'auto'],
    [['auto', 'manager'], 'manager'],
    [['security', 'manager'], 'manager, security'],
    [['2 of security', 'security', 'manager'], 'manager, 2 of security'],
    [['security, manager', 'dba, 3 of security'], 'manager, dba, 3 of security'],
  ])('%j is %s', (texts, merged) => {
    expect(merge(...texts)).toBe(merged);
  });

  test('a stage that the order does not know is kept, not dropped', () => {
    expect(merge('manager', 'retired')).toBe('retired, manager');
  });
});

const fill = (
  text: string,
  who: Record<string, string[]>,
  taken: [string, string][] = [],
  excluded = ['ana'],
) =>
  unfillable(
    chain(text),
    who,
    taken.map(([stage, email]) => ({ stage, by: { email } })),
    excluded,
  );

describe('a chain can be filled', () => {
  test('never by the requester', () => {
    expect(fill('manager', { manager: ['ana'] })).toStrictEqual({
      stage: 'manager',
      needed: 1,
      available: 0,
    });
  });

  test('never by one person twice, in one stage or in two', () => {
    expect(fill('2 of security', { security: ['sam', 'sam'] })).toStrictEqual({
      stage: 'security',
      needed: 2,
      available: 1,
    });
    expect(fill('manager, security', { manager: ['bob'], security: ['bob'] })).toStrictEqual({
      stage: 'security',
      needed: 1,
      available: 0,
    });
  });

  test('not where nothing is known of a stage', () => {
    expect(fill('manager', {})).toStrictEqual({ stage: 'manager', needed: 1, available: 0 });
  });

  test('by making room: who can sit in two places sits where nobody else can', () => {
    expect(fill('manager, security', { manager: ['bob', 'sam'], security: ['bob'] })).toBeUndefined();
    expect(fill('a, b, c', { a: ['x', 'y'], b: ['x', 'z'], c: ['x'] })).toBeUndefined();
    expect(fill('a, b, c', { a: ['x', 'y'], b: ['x', 'y'], c: ['x'] })).toMatchObject({ stage: 'c' });
    expect(fill('2 of a, 2 of b', { a: ['w', 'x', 'y'], b: ['w', 'x', 'z'] })).toBeUndefined();
  });

  test('with seats already taken, whose people are not asked again', () => {
    expect(fill('2 of security', { security: ['sam'] }, [['security', 'kim']])).toBeUndefined();
    expect(fill('2 of security', { security: ['kim'] }, [['security', 'kim']])).toStrictEqual({
      stage: 'security',
      needed: 2,
      available: 1,
    });
    expect(
      fill('manager, security', { manager: ['bob'], security: ['bob'] }, [['manager', 'bob']]),
    ).toMatchObject({
      stage: 'security',
    });
  });

  test('by nobody at all when it is automatic', () => {
    expect(fill('auto', {})).toBeUndefined();
  });
});

describe('the progress of a chain', () => {
  const stages = chain('manager, 2 of security');

  test('waits for the first stage without its quorum', () => {
    expect(openStage({ chain: stages, votes: [] })).toMatchObject({ name: 'manager' });
    const votes = [vote(bob, 'manager'), vote(sam, 'security')];
    expect(openStage({ chain: stages, votes })).toMatchObject({ name: 'security' });
    expect(isComplete({ chain: stages, votes })).toBe(false);
  });

  test('is complete with every quorum, and an automatic chain at once', () => {
    const votes = [vote(bob, 'manager'), vote(sam, 'security'), vote(kim, 'security')];
    expect(isComplete({ chain: stages, votes })).toBe(true);
    expect(isComplete({ chain: [], votes: [] })).toBe(true);
  });
});
