import { grantDue } from '../../src/domain/grant.js';
import { examine } from '../../src/domain/record/history.js';
import type { Refusal } from '../../src/domain/refusal.js';
import { asRequest } from '../../src/domain/request/extension.js';
import type { Active } from '../../src/domain/request/state.js';
import { GrantFault } from '../../src/ports/access.js';
import { requestFacts } from '../../src/workflow/facts.js';
import { iam } from '../support/extending.js';
import { HOUR, MINUTE } from '../support/requests.js';
import { actor, world } from '../support/world.js';

type World = ReturnType<typeof world>;

/** A world in which it may be extended twice, up to eight hours in all. */
function extendable(text = 'manager'): World {
  const w = world();
  w.policy.chain = text;
  w.entitlement.extensions = { most: 2, total: 8 * HOUR };
  return w;
}

async function active(w: World): Promise<string> {
  const id = await w.ask();
  if (w.policy.chain !== 'auto') await w.vote('bob', id, 'manager');
  expect((await w.state(id)).status).toBe('active');
  return id;
}

async function extend(w: World, id: string, more = '30m', who = 'ana') {
  const answer = await w.front.extend(actor(who), id, more, w.seen());
  await w.settle();
  return 'refusal' in answer ? answer.refusal.code : 'ok';
}

const stateOf = async (w: World, id: string) => (await w.state(id)) as Active;

async function voteOn(w: World, who: string, id: string, stage = 'manager') {
  const { extension } = await stateOf(w, id);
  const revision = extension?.revision ?? 1;
  const answer = await w.front.approve(actor(who), { id, stage, revision }, w.seen());
  await w.settle();
  return 'refusal' in answer ? answer.refusal.code : 'ok';
}

async function isSound(w: World, id: string) {
  const [head, records, grant, end] = await Promise.all([
    w.store.head(id),
    w.store.records(id),
    w.store.grant(id),
    w.store.end(id),
  ]);
  expect(examine(id, { head: head!, records, grant: grant!, ...(end && { end }) })).toEqual([]);
}

describe('an extension is refused', () => {
  test('after the end, to other people, and where nothing runs', async () => {
    const w = extendable();
    const id = await w.ask();
    expect(await extend(w, id)).toBe('not-active');
    await w.vote('bob', id, 'manager');
    expect(await extend(w, id, '30m', 'bob')).toBe('not-yours');
    expect(await extend(w, id, '30m', 'zoe')).toBe('unknown-request');
    w.pass(HOUR);
    expect(await extend(w, id)).toBe('not-active');
    expect((await w.state(id)).status).toBe('closed');
  });

  test('where the catalog offers none, beyond its total, and more often than it says', async () => {
    const w = extendable('auto');
    const id = await active(w);
    delete w.entitlement.extensions;
    expect(await extend(w, id)).toBe('not-extendable');
    w.entitlement.extensions = { most: 2, total: 2 * HOUR };
    expect(await extend(w, id, '2h')).toBe('extension-too-long');
    expect(await extend(w, id, '30m')).toBe('ok');
    expect(await extend(w, id, '15m')).toBe('ok');
    expect(await extend(w, id, '15m')).toBe('extended-enough');
    w.entitlement.extensions = { most: 1, total: 2 * HOUR };
    expect(await extend(w, id, '1m')).toBe('extended-enough');
    expect((await stateOf(w, id)).extended).toHaveLength(2);
    await isSound(w, id);
  });

  test.each(['0m', '1y', '', '8d', '1.5h'])('by no duration: %j', async (written) => {
    const w = extendable('auto');
    const id = await active(w);
    expect(await extend(w, id, written)).toBe('unknown-duration');
  });

  test('four hours twice are eight hours to every policy', async () => {
    const w = extendable('auto');
    w.form.duration = '4h';
    w.policy.longest = 4 * HOUR;
    const id = await active(w);
    const asked = await w.front.extend(actor('ana'), id, '4h', w.seen());
    expect(asked).toMatchObject({ refusal: { code: 'denied-by-policy', policies: ['eight-hours'] } });
    w.policy.longest = 8 * HOUR;
    expect(await extend(w, id, '4h')).toBe('ok');
    expect((await stateOf(w, id)).lease.endsAt - (await stateOf(w, id)).lease.startsAt).toBe(8 * HOUR);
  });

  test('by a policy for extensions, and where what it gives has changed in the catalog', async () => {
    const w = extendable('auto');
    const id = await active(w);
    w.policy.mostMore = 15 * MINUTE;
    expect(await extend(w, id, '30m')).toBe('denied-by-policy');
    w.policy.mostMore = undefined;
    w.entitlement.grant = {
      kind: 'sts-session',
      config: { roleArn: 'arn:aws:iam::111122223333:role/jit/Other' },
    };
    expect(await extend(w, id, '30m')).toBe('extension-of-other');
    expect((await stateOf(w, id)).extension).toBeUndefined();
  });

  test('while another one waits: two at once lead to one', async () => {
    const w = extendable();
    const id = await active(w);
    const answers = await Promise.all([1, 2].map(() => w.front.extend(actor('ana'), id, '30m', w.seen())));
    const codes = answers.map((answer) => ('refusal' in answer ? answer.refusal.code : 'ok'));
    expect(codes.sort()).toEqual(['extension-waiting', 'ok']);
    expect(await voteOn(w, 'bob', id)).toBe('ok');
    expect((await stateOf(w, id)).extended).toHaveLength(1);
    await isSound(w, id);
  });

  test('invariant 14: the same signed press twice asks once', async () => {
    const w = extendable('auto');
    const id = await active(w);
    const seen = w.seen();
    await w.front.extend(actor('ana'), id, '30m', seen);
    await w.settle();
    expect(await w.front.extend(actor('ana'), id, '30m', seen)).toEqual({ refusal: { code: 'replayed' } });
    expect((await stateOf(w, id)).extended).toHaveLength(1);
  });
});

describe('who agrees to an extension', () => {
  test('is the request’s own chain where policy says nothing else, in distinct people, never the requester', async () => {
    const w = extendable('manager, 2 of security');
    const id = await w.approved();
    expect(await extend(w, id)).toBe('ok');
    expect(await voteOn(w, 'ana', id)).toBe('own-request');
    expect(await voteOn(w, 'sam', id)).toBe('not-in-stage');
    expect(await voteOn(w, 'sam', id, 'security')).toBe('stage-not-open');
    expect(await voteOn(w, 'bob', id)).toBe('ok');
    expect(await voteOn(w, 'sam', id, 'security')).toBe('ok');
    expect(await voteOn(w, 'sam', id, 'security')).toBe('already-voted');
    const { lease } = await stateOf(w, id);
    expect(await voteOn(w, 'kim', id, 'security')).toBe('ok');
    expect((await stateOf(w, id)).lease.endsAt).toBe(lease.endsAt + 30 * MINUTE);
    await isSound(w, id);
  });

  test('is whom policy names for extensions: here nobody', async () => {
    const w = extendable();
    const id = await active(w);
    w.policy.extendChain = 'auto';
    expect(await extend(w, id)).toBe('ok');
    expect((await stateOf(w, id)).extended).toHaveLength(1);
  });

  test('after an approval for less is the request’s own chain, whatever policy says of extensions', async () => {
    const w = extendable();
    const id = await w.ask();
    const button = { id, stage: 'manager', revision: 0 };
    await w.front.shorten(actor('bob'), button, '15m', w.seen());
    await w.settle();
    w.policy.extendChain = 'auto';
    expect(await extend(w, id, '15m')).toBe('ok');
    expect((await stateOf(w, id)).extension?.chain).toEqual([{ name: 'manager', quorum: 1 }]);
  });

  test('an older card decides nothing: neither that of the request nor that of another extension', async () => {
    const w = extendable();
    const id = await active(w);
    const old = { id, stage: 'manager', revision: 0 };
    const press = async (button: typeof old) => {
      const answer = await w.front.approve(actor('bob'), button, w.seen());
      return 'refusal' in answer ? answer.refusal : 'ok';
    };
    expect(await press({ ...old, revision: 1 })).toEqual({ code: 'extension-over', given: false });
    await extend(w, id);
    expect(await press(old)).toEqual({ code: 'stale-card' });
    await w.front.deny(actor('bob'), { ...old, revision: 1 }, 'not now', w.seen());
    await extend(w, id);
    expect(await press({ ...old, revision: 1 })).toEqual({ code: 'stale-card' });
    expect(await press({ ...old, revision: 2 })).toBe('ok');
    await w.settle();
    expect(await press({ ...old, revision: 2 })).toEqual({ code: 'extension-over', given: true });
  });

  test('one denial refuses it and leaves the access as it is', async () => {
    const w = extendable();
    const id = await active(w);
    const before = await stateOf(w, id);
    await extend(w, id);
    const button = { id, stage: 'manager', revision: 1 };
    expect(await w.front.deny(actor('bob'), button, '  ', w.seen())).toMatchObject({
      refusal: { code: 'reason-missing' },
    });
    await w.front.deny(actor('bob'), button, 'go home', w.seen());
    await w.settle();
    const after = await stateOf(w, id);
    expect(after.lease).toEqual(before.lease);
    expect(after.extension).toBeUndefined();
    expect(after.notExtended).toMatchObject([{ reason: { code: 'vote', text: 'go home' } }]);
    expect(w.slack.told.at(-1)).toMatch(/^not-extended /);
    await isSound(w, id);
  });

  test('an extension of which nobody can be asked is refused at once', async () => {
    const w = extendable();
    const id = await active(w);
    w.people.stages['manager'] = ['ana'];
    expect(await extend(w, id)).toBe('unfillable');
  });
});

describe('when it takes effect, everything is asked again', () => {
  /** All have agreed, and the engine has not looked yet. */
  async function agreed(w: World, change: () => void) {
    const id = await active(w);
    await extend(w, id);
    const { lease } = await stateOf(w, id);
    await w.front.approve(actor('bob'), { id, stage: 'manager', revision: 1 }, w.seen());
    change();
    await w.settle();
    return { id, lease };
  }

  test.each<[string, (w: World) => void, string]>([
    ['policy says no to the whole time', (w) => void (w.policy.longest = HOUR), 'policy'],
    ['policy says no to extensions', (w) => void (w.policy.mostMore = MINUTE), 'policy'],
    ['the requester has left', (w) => void (w.people.refused['ana'] = 'deactivated'), 'requester'],
    ['the voter may not vote any more', (w) => w.policy.forbidsVote.add('bob@corp.example'), 'other-chain'],
    ['the catalog offers fewer', (w) => void (w.entitlement.extensions!.most = 0), 'beyond-extensions'],
    ['the catalog offers less', (w) => void (w.entitlement.extensions!.total = HOUR), 'beyond-extensions'],
    ['the catalog offers none', (w) => void delete w.entitlement.extensions, 'beyond-extensions'],
    ['more people have to agree', (w) => void (w.policy.chain = 'manager, security'), 'other-chain'],
    [
      'it gives something else',
      (w) => void (w.entitlement.grant = { kind: 'sts-session', config: { roleArn: 'arn:x' } }),
      'changed',
    ],
  ])('invariant 3: %s: refused, and the old end stands', async (_, change, code) => {
    const w = extendable();
    const { id, lease } = await agreed(w, () => change(w));
    const state = await stateOf(w, id);
    expect(state.notExtended?.map(({ reason }) => reason?.code)).toEqual([code]);
    expect(state.lease).toEqual(lease);
    expect((await w.store.grant(id))!.lease).toEqual(lease);
    await isSound(w, id);
  });

  test('invariant 4: what cannot be known puts it off, and the old end still comes', async () => {
    const w = extendable();
    const { id, lease } = await agreed(w, () => void (w.people.unavailable = true));
    expect((await stateOf(w, id)).extension).toBeDefined();
    w.pass(lease.endsAt - w.now());
    await w.settle();
    const state = await w.state(id);
    expect(state.status).toBe('closed');
    expect(state.notExtended).toMatchObject([{ reason: { code: 'access-over' } }]);
    await isSound(w, id);
  });

  test('invariants 1 and 2: the new end is on record in the grant and its timer before the old one passes', async () => {
    const w = extendable();
    const { id, lease } = await agreed(w, () => undefined);
    const grant = (await w.store.grant(id))!;
    expect(grant.lease.endsAt).toBe(lease.endsAt + 30 * MINUTE);
    expect(grant.confirmed?.duration).toBe(1.5 * HOUR);
    expect(grantDue(grant)).toBe(grant.lease.endsAt);
    w.pass(lease.endsAt - w.now());
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
    w.pass(30 * MINUTE - 1);
    await w.settle();
    expect((await w.state(id)).status).toBe('active');
    w.pass(1);
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
    await isSound(w, id);
  });

  test('its end is announced anew', async () => {
    const w = extendable();
    const id = await active(w);
    w.pass(55 * MINUTE);
    await w.settle();
    expect((await stateOf(w, id)).warned).toBe(true);
    await extend(w, id);
    await voteOn(w, 'bob', id);
    expect(await stateOf(w, id)).toMatchObject({ warned: false });
    w.pass(26 * MINUTE);
    await w.settle();
    expect((await stateOf(w, id)).warned).toBe(true);
    expect(w.slack.told.filter((told) => told.startsWith('ending-soon'))).toHaveLength(2);
    await isSound(w, id);
  });

  test('a last vote a moment after the old end changes nothing', async () => {
    const w = extendable();
    const id = await active(w);
    await extend(w, id);
    w.pass((await stateOf(w, id)).lease.endsAt - w.now());
    const answer = await w.front.approve(actor('bob'), { id, stage: 'manager', revision: 1 }, w.seen());
    expect(answer).toMatchObject({ refusal: { code: 'not-pending' } satisfies Partial<Refusal> });
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
  });

  test('invariant 1: an order to end it beats an extension to which all have agreed', async () => {
    const w = extendable();
    const id = await active(w);
    await extend(w, id);
    await w.front.approve(actor('bob'), { id, stage: 'manager', revision: 1 }, w.seen());
    await w.store.putEnd(id, { at: w.now(), by: { operator: 'arn:aws:iam::1:user/kim' } });
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect((await w.state(id)).status).toBe('closed');
    expect((await w.history(id)).includes('LeaseExtended')).toBe(false);
    await isSound(w, id);
  });

  test('handed back while an extension waits: both are over', async () => {
    const w = extendable();
    const id = await active(w);
    await extend(w, id);
    await w.front.release(actor('ana'), id, w.seen());
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({
      status: 'closed',
      outcome: 'released',
      notExtended: [{ reason: { code: 'access-over' } }],
    });
    await isSound(w, id);
  });

  test('"I’m done" ends nobody else’s access, not even for who may revoke it', async () => {
    const w = extendable();
    const id = await active(w);
    const answer = await w.front.release(actor('sam'), id, w.seen());
    expect(answer).toHaveProperty('refusal');
    expect((await w.state(id)).status).toBe('active');
  });

  test('policy is asked of further sessions with the whole time', async () => {
    const w = extendable('auto');
    const id = await active(w);
    await extend(w, id, '1h');
    const press = async () => {
      await w.front.mint(actor('ana'), id, `V${w.now()}`, w.seen());
      await w.settle();
      return w.slack.modals.at(-1);
    };
    expect(await press()).not.toContain('denied');
    w.pass(MINUTE);
    w.policy.longest = HOUR;
    expect(await press()).toContain('denied');
  });
});

test('a second request for the same thing says what runs already, until when, and that it can be extended', async () => {
  const w = extendable('auto');
  const id = await active(w);
  const preview = async () => {
    const answer = await w.front.preview(actor('ana'), w.form);
    return 'ok' in answer ? answer.ok.running : undefined;
  };
  const until = (await stateOf(w, id)).lease.endsAt;
  expect(await preview()).toEqual({ id, until, isExtendable: true });
  delete w.entitlement.extensions;
  expect(await preview()).toEqual({ id, until, isExtendable: false });
  w.pass(HOUR);
  expect(await preview()).toBeUndefined();
});

describe('where AWS has the end in a document', () => {
  test('invariant 2: the new end is on record first, then it is replaced and read back', async () => {
    const w = iam();
    const id = await active(w);
    const { lease } = await stateOf(w, id);
    let seen: number | undefined;
    w.aws.during = async () => void (seen = (await w.store.grant(id))!.lease.endsAt);
    await extend(w, id);
    expect(seen).toBe(lease.endsAt + 30 * MINUTE);
    expect(w.aws.live.get(id)).toBe(lease.endsAt + 30 * MINUTE);
    expect(await w.history(id)).toEqual(
      expect.arrayContaining(['LeaseExtended', 'ProvisionAttempted', 'GrantProvisioned']),
    );
    expect((await stateOf(w, id)).extended).toHaveLength(1);
    expect(w.slack.told.at(-1)).toMatch(/^extended /);
    await isSound(w, id);
  });

  test('what AWS refuses for good changes nothing, and the lease says so', async () => {
    const w = iam();
    const id = await active(w);
    const { lease } = await stateOf(w, id);
    w.pass(MINUTE);
    w.aws.fails.push(w.denied);
    await extend(w, id);
    const state = await stateOf(w, id);
    expect(state.lease).toEqual(lease);
    expect(state.notExtended).toMatchObject([{ reason: { code: 'aws', error: 'AccessDenied' } }]);
    expect(w.aws.live.get(id)).toBe(lease.endsAt);
    w.pass(lease.endsAt - w.now());
    await w.settle();
    w.pass(MINUTE);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'expired' });
    await isSound(w, id);
  });

  test('what AWS does not confirm before the old end ends at the old end', async () => {
    const w = iam();
    const id = await active(w);
    const { lease } = await stateOf(w, id);
    w.aws.fails.push(...Array.from({ length: 200 }, () => new GrantFault('Throttling', 'slow down', false)));
    await extend(w, id);
    while (w.now() < lease.endsAt) {
      expect((await stateOf(w, id)).extension?.agreed).toBeDefined();
      w.pass(Math.min(MINUTE, lease.endsAt - w.now()));
      await w.settle();
    }
    w.aws.fails.length = 0;
    const history = await w.history(id);
    expect(history.slice(history.indexOf('ExtensionRefused')).slice(0, 2)).toEqual([
      'ExtensionRefused',
      'RevocationStarted',
    ]);
    for (let n = 0; n < 12; n++) {
      w.pass(MINUTE);
      await w.settle();
    }
    expect(await w.state(id)).toMatchObject({ status: 'closed', outcome: 'expired', lease });
    expect(w.aws.live.has(id)).toBe(false);
    await isSound(w, id);
  });

  test('at the very end nothing is begun that could land after it', async () => {
    const w = iam();
    const id = await active(w);
    const { lease } = await stateOf(w, id);
    w.pass(lease.endsAt - w.now() - 20_000);
    await w.settle();
    const before = w.aws.provisions;
    await extend(w, id);
    expect(w.aws.provisions).toBe(before);
    w.pass(20_000);
    await w.settle();
    expect(await w.state(id)).toMatchObject({ status: 'closed', lease });
    await isSound(w, id);
  });
});

test('an extension of an emergency is decided as one, and its end is still told earlier', async () => {
  const w = extendable('manager');
  w.config.emergency = { channel: 'C0INCIDENTS', tell: 'security', review: { by: 'security', within: HOUR } };
  w.policy.emergency = 'auto';
  Object.assign(w.form, { emergency: true });
  const id = await w.ask();
  w.policy.denied = { policies: ['night'], advice: ['Not at night.'] };
  expect(await extend(w, id)).toBe('ok');
  const { lease, extended } = await stateOf(w, id);
  expect(extended).toHaveLength(1);
  expect(lease.endsAt - lease.warnAt!).toBe(2 * w.config.warnBefore);
  await isSound(w, id);
});

test('where people approve an extension of an emergency, they and policy are told that it is one', async () => {
  const w = extendable('manager');
  w.config.emergency = { channel: 'C0INCIDENTS', tell: 'security', review: { by: 'security', within: HOUR } };
  w.policy.emergency = 'auto';
  w.policy.extendChain = 'manager';
  Object.assign(w.form, { emergency: true });
  const id = await w.ask();
  expect(await extend(w, id)).toBe('ok');
  const { extension } = await stateOf(w, id);
  const asked = asRequest(await stateOf(w, id), extension!);
  expect(asked).toMatchObject({ status: 'pending', emergency: true });
  expect(await requestFacts(w.deps, asked)).toMatchObject({ emergency: true });
  expect(await voteOn(w, 'bob', id)).toBe('ok');
  await isSound(w, id);
});

test('a contested emergency takes extensions that nobody approves from its requester, in an emergency alone', async () => {
  const w = extendable('manager');
  w.config.emergency = { channel: 'C0INCIDENTS', tell: 'security', review: { by: 'security', within: HOUR } };
  w.config.groups = { security: { members: [] } };
  w.people.groups = { security: ['sam', 'kim'] };
  w.policy.emergency = 'auto';
  w.entitlement.extensions = { most: 5, total: 8 * HOUR };
  const usual = await active(w);
  Object.assign(w.form, { emergency: true });
  const earlier = await w.ask();
  await w.front.revoke(actor('ana'), earlier, '', w.seen());
  w.pass(MINUTE);
  await w.settle();
  const id = await w.ask();
  expect(await extend(w, id)).toBe('ok');
  await w.front.review(actor('sam'), earlier, { contests: true, text: 'it was none' }, w.seen());
  await w.settle();
  expect(await extend(w, id)).toBe('contested');
  expect(await extend(w, usual)).toBe('ok');
  // Where people approve it, it can still be had.
  w.policy.extendChain = 'manager';
  expect(await extend(w, id)).toBe('ok');
  await isSound(w, id);
});
