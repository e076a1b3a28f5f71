/** @project aws */
import { rm } from 'node:fs/promises';
import { textOf } from '../../src/sandbox/slack/index.js';
import {
  deploy,
  deployed,
  deployRoles,
  mayRead,
  mayType,
  type Deployed,
  type Version,
} from '../support/aws/deployed.js';
import {
  approve,
  ask,
  ASKED_BY_0_1,
  become,
  buttonless,
  closed,
  eventually,
  revoke,
  session,
} from '../support/aws/acts.js';
import { withoutSchedule } from '../support/aws/deployment.js';
import { LOCALEMU, OTHER } from '../support/aws/emulator.js';
import { policiesOf } from '../support/aws/policies.js';
import { hasCommit, isWholeClone, treeOf, treeOfThis } from '../support/aws/trees.js';
import { jit } from '../support/cli.js';
import { SCHEDULED } from '../support/lambda/events.js';
import { indexes, RELEASES } from './releases.js';

const LOGS = 'aws logs describe-log-groups';
const FETCH = '`git fetch --unshallow`, or `fetch-depth: 0` of actions/checkout';

// Deployed by its own handbook, used, and deployed over by this version’s, with requests under way.
(LOCALEMU ? describe : describe.skip).each(RELEASES)('over $version', ({ commit, before, ...how }) => {
  if (!hasCommit(commit)) {
    test(`is not tested here: this clone lacks the commit ${commit}. Fetch the whole history: ${FETCH}`, () => {
      expect(isWholeClone()).toBe(false);
    });
    return;
  }

  let it: Deployed;
  let release: Version;
  let now: Version;
  let goOn: () => Promise<unknown>;
  let window: string;
  const ids = {} as Record<'unasked' | 'half' | 'policy' | 'session' | 'short', string>;

  beforeAll(async () => {
    const tree = await treeOf(commit);
    release = { tree, policies: policiesOf(tree), ...how };
    // The same policies: a folder of that release is one of this version, too.
    now = { tree: treeOfThis(), policies: release.policies };
    it = await deployed(release);
  });
  afterAll(async () => {
    await it?.close();
    for (const made of [release, now]) if (made) await rm(made.tree, { recursive: true, force: true });
  });

  test('requests of every kind are under way', async () => {
    ids.unasked = await ask(it, 'orders-logs');
    ids.half = await ask(it, 'orders-logs');
    await approve(it, 'U0BOB', ids.half, ASKED_BY_0_1);
    ids.policy = await ask(it, 'other-samples');
    ids.session = await ask(it, 'bench');
    await become(it, ids.policy, 'active');
    await become(it, ids.session, 'active');
    ({ window } = await session(it, ids.session));
    expect(await mayRead(it, 'samples', OTHER)).toBe('may');
    expect(await mayType(it, window, LOGS)).toBe('may');
    for (const id of [ids.unasked, ids.half]) expect((await it.store.head(id))!.state.status).toBe('pending');
  });

  test('this version is deployed over it by the handbook, and access goes on meanwhile', async () => {
    // Nothing sweeps by itself from here on: it is for this version to find what is over.
    goOn = await withoutSchedule(it);
    await before?.(it, release);
    ids.short = await ask(it, 'other-logs', '1m');
    await eventually('the minute begins', async () => {
      if ((await it.store.head(ids.short))!.state.status === 'active') return true;
      await it.invoke('sweep', SCHEDULED);
      return undefined;
    });
    await deploy(it.exported, now);
    await deployRoles(it, now);
    expect(await indexes(it)).toEqual(['by-due', 'by-entitlement-time', 'by-requester'].map((name) => `${name}: ACTIVE`)); // prettier-ignore
    expect(await mayRead(it, 'samples', OTHER)).toBe('may');
    expect(await mayType(it, window, LOGS)).toBe('may');
    // LocalEmu makes the stream's mapping anew, which reads the stream from its beginning: that may find what is over, too.
    const { status } = (await it.store.head(ids.short))!.state;
    const { endsAt } = (await it.store.grant(ids.short))!.lease;
    expect(status === 'active' || Date.now() >= endsAt).toBe(true);
    await goOn();
  });

  test('what waited is approved on the old cards and given', async () => {
    await approve(it, 'U0SAM', ids.half);
    await approve(it, 'U0BOB', ids.unasked, ASKED_BY_0_1);
    await approve(it, 'U0SAM', ids.unasked);
    for (const id of [ids.half, ids.unasked]) {
      await become(it, id, 'active');
      expect(await buttonless(it, id, /^(?:approve|deny)$/)).toBe(true);
      const opened = await session(it, id);
      expect(await mayType(it, opened.window, LOGS)).toBe('may');
    }
  });

  test('what was given is handed back and taken back', async () => {
    await revoke(it, 'U0ANA', ids.policy, 'done');
    expect(await closed(it, ids.policy)).toMatchObject({ outcome: 'released' });
    expect(await mayRead(it, 'samples', OTHER)).toBe('AccessDenied');
    await revoke(it, 'U0SAM', ids.session, 'seen in the logs');
    await eventually('the session is dead', async () => (await mayType(it, window, LOGS)) !== 'may');
  });

  test('what is over by now expires at its next sweep', async () => {
    expect(await closed(it, ids.short)).toMatchObject({ outcome: 'expired' });
  });

  test('no button is left on what it has written about access that is over', async () => {
    for (const id of [ids.policy, ids.session, ids.short]) {
      await closed(it, id);
      expect(await buttonless(it, id)).toBe(true);
    }
  });

  test('its requests are listed, and every record is whole, old and new', async () => {
    const fresh = await ask(it, 'other-samples');
    await become(it, fresh, 'active');
    await it.slack.as('U0ANA').command('/jit list');
    const listed = textOf(it.slack.ephemerals('U0ANA').at(-1)!);
    expect([...Object.values(ids), fresh].filter((id) => !listed.includes(id))).toEqual([]);
    const { code, out, err } = await jit(it.store, 'audit', 'verify');
    expect({ code, out, err }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^6 requests, \d+ records: every chain is whole, and every history is possible\.\n$/,
      ),
      err: '',
    });
  });
});
