import * as fc from 'fast-check';
import type { Command } from '../../../src/domain/request/command.js';
import { decide } from '../../../src/domain/request/stories/index.js';
import type { Event } from '../../../src/domain/request/event.js';
import type { State } from '../../../src/domain/request/state.js';
import { grantKinds } from '../../../src/grants/kinds.js';
import type { GrantKind } from '../../../src/ports/access.js';
import { statusOf } from '../../../src/slack/messages/requests.js';
import { openQuestions } from '../../../src/domain/request/stories/questions.js';
import { living } from '../../../src/slack/messages/living.js';
import { realCore } from '../../domain/histories/core.js';
import { histories, live } from '../../domain/histories/histories.js';
import { kindOf } from '../../support/kinds.js';
import { actionsIn, deniedBy, lives, takenBack, viewOf, talkedAfter } from '../../support/messages.js';
import {
  active,
  ana,
  approved,
  bob,
  closed,
  closedAs,
  ending,
  HOUR,
  min,
  pending,
  started,
  T0,
  sam,
} from '../../support/requests.js';
import { directory, ID, stateAfter, wordsIn } from '../../support/slack.js';
import { tries } from '../../support/tries.js';

const CARD = { place: 'C0ACCESS', ref: '1.1', shown: '' };
const about = (
  events: Event[],
  change: Parameters<typeof talkedAfter>[1] = {},
  kinds: readonly GrantKind[] = grantKinds,
) => living(viewOf(talkedAfter(events, change), { posts: { manager: CARD } }), directory, kinds);
const session = { kind: 'sts-session', account: '111122223333', config: {}, hash: 'h' };

describe('while it waits', () => {
  test('whom it waits for, stage by stage, until when, with a way to take it back', () => {
    const { blocks, text } = about(pending('manager, 2 of security'));
    expect(text).toBe('Your request for *Orders database admin* for 1 hour is waiting for <@UBOB>.');
    expect(wordsIn(blocks)).toContain('• *manager*: asked <@UBOB>');
    expect(wordsIn(blocks)).toContain('• *security*: then <@USAM> and <@UKIM>');
    expect(wordsIn(blocks)).toMatch(/If nobody decides by <!date\^[^>]*>, it lapses\./);
    expect(actionsIn(blocks)).toEqual(['cancel']);
  });

  test('of a chain of one stage the first line says it all', () => {
    const words = wordsIn(about(pending('manager')).blocks);
    expect(words).toContain('is waiting for <@UBOB>.');
    expect(words).not.toContain('•');
  });

  test('invariant 15: asked is said only of those for whom a card stands somewhere', () => {
    const state = stateAfter(pending('manager'));
    const { text, blocks } = living(viewOf(state), directory, grantKinds);
    expect(text).toContain('has been sent');
    expect(wordsIn(blocks)).toContain('• *manager*: next <@UBOB>');
    const cancelled = stateAfter([...pending('manager'), { type: 'RequestCancelled', at: min(2), by: ana }]);
    const status = statusOf({ ...viewOf(cancelled), records: [] }, directory, true, grantKinds);
    expect(wordsIn(status.blocks)).toContain('• *manager*: not asked: <@UBOB>');
  });

  test.each([
    ['is_archived', 'the channel <#C0DBA> is archived'],
    ['channel_not_found', 'jit cannot see the channel `C0DBA`'],
    ['not_in_channel', 'jit is not in the channel <#C0DBA>'],
    ['restricted_action', 'jit may not post in the channel <#C0DBA> (`restricted_action`)'],
  ])('invariant 15: that nobody can be asked, why, and what to do (%s)', (error, why) => {
    const state = stateAfter(pending('manager'));
    const tried = [{ channel: 'C0DBA', code: error }];
    // The card that was posted once stands where nobody can press it any more.
    const view = viewOf(state, { posts: { manager: CARD }, unasked: { manager: { since: T0, tried } } });
    const { text, blocks } = living(view, directory, grantKinds);
    expect(text).toContain('Your request for *Orders database admin* for 1 hour cannot reach its approvers');
    expect(wordsIn(blocks)).toContain(`nobody can be asked: ${why}`);
    expect(wordsIn(blocks)).toContain('tell the people who run jit');
    expect(wordsIn(blocks)).not.toContain(': asked ');
    expect(actionsIn(blocks)).toEqual(['cancel']);
    const status = statusOf({ ...view, records: [] }, directory, true, grantKinds);
    expect(wordsIn(status.blocks)).toContain(`nobody can be asked: ${why}`);
  });

  test('each open question, escaped, with its button to answer; none once nobody waits for an answer', () => {
    const asking = { by: bob, text: 'Why <!here>?', at: T0 };
    const questions = [{ ...asking, text: 'old', answer: { text: 'yes', at: T0 } }, asking];
    const { blocks } = about(pending('manager'), { questions });
    expect(wordsIn(blocks)).toContain('<@UBOB> asks:\n>Why &lt;!here&gt;?');
    expect(wordsIn(blocks)).not.toContain('>old');
    expect(JSON.stringify(blocks)).toContain(`"value":"${ID}.2"`);
    expect(actionsIn(blocks)).toEqual(['answer', 'cancel']);
    expect(actionsIn(about(closed, { questions }).blocks)).toEqual(['again']);
  });

  test('that it is for less time, and how to decline that', () => {
    const shortened = { shortened: [{ from: 4 * HOUR, by: bob, at: T0 }] };
    expect(wordsIn(about(pending('manager'), shortened).blocks)).toContain(
      '<@UBOB> approved it for 1 hour instead of 4 hours. If that is too short, cancel it and ask again.',
    );
    expect(wordsIn(about(active, shortened).blocks)).toContain('If that is too short, end it and ask again.');
  });
});

describe('once it is decided', () => {
  test('approved, by whom', () => {
    const { text, blocks } = about(approved);
    expect(text).toBe(
      'Your request for *Orders database admin* for 1 hour is approved. Access is being set up.',
    );
    expect(wordsIn(blocks)).toContain('Approved by <@UBOB>.');
    expect(actionsIn(blocks)).toEqual(['revoke']);
  });

  test('denied, by whom and why', () => {
    const { text, blocks } = about(deniedBy('use the read-only one'));
    expect(text).toBe('Your request for *Orders database admin* for 1 hour was denied by <@UBOB>.');
    expect(wordsIn(blocks)).toContain('>use the read-only one');
    expect(actionsIn(blocks)).toEqual(['again']);
    expect(about(deniedBy('no', { delegatedBy: sam })).text).toBe(
      'Your request for *Orders database admin* for 1 hour was denied by <@UBOB>, standing in for <@USAM>.',
    );
  });

  test('denied by policy, with the advice', () => {
    const reason = {
      code: 'policy' as const,
      policies: ['freeze'],
      advice: ['wait until Monday'],
      errors: [],
    };
    const { blocks } = about([
      ...pending('manager'),
      { type: 'RequestDenied', at: min(2), by: 'jit', reason },
    ]);
    expect(wordsIn(blocks)).toContain('wait until Monday');
    expect(wordsIn(blocks)).toContain('Decided by `freeze`.');
  });
});

describe('while it is active', () => {
  test('until when, in the reader’s own time zone, with buttons to open a session and to end it', () => {
    const { text, blocks } = about(active, { grant: session });
    expect(text).toContain(`<!date^${min(65) / 1000}^{date_short_pretty} {time}|2026-11-20 11:05 UTC>`);
    expect(actionsIn(blocks)).toEqual(['credentials', 'revoke']);
  });

  test('access on one’s own identity names it, and there is no session to open', () => {
    const principal = { type: 'user' as const, name: 'ana.lopez' };
    const { blocks } = about(active, { grant: { ...session, kind: 'iam-policy', principal } });
    expect(wordsIn(blocks)).toContain('your IAM user `ana.lopez`');
    expect(actionsIn(blocks)).toEqual(['revoke']);
  });

  test('invariant 15: only of a kind that ends without jit it is said that it ends by itself', () => {
    const said = (kinds: GrantKind[]) => wordsIn(about(active, { grant: session }, kinds).blocks);
    expect(said([kindOf('sts-session')])).toContain('The access ends by itself.');
    expect(said([kindOf('sts-session', { endsAlone: false })])).not.toContain('by itself');
    expect(said([])).not.toContain('by itself');
    expect(said([])).toContain('It is in account `111122223333`.');
  });

  test('that it ends soon, and what to do', () => {
    const { text, blocks } = about([...active, { type: 'EndAnnounced', at: min(55), by: 'jit' }]);
    expect(text).toMatch(/ends <!date\^.*ask again with \/jit/);
    expect(actionsIn(blocks)).toEqual(['release']);
  });
});

describe('in the end', () => {
  test('it is going', () => {
    expect(about(ending).text).toBe('Your access *Orders database admin* is ending: time is up.');
    const taken = takenBack('we need it').slice(0, -1);
    expect(wordsIn(about(taken).blocks)).toMatch(/is ending: taken back by <@USAM>\.\n[^]*>we need it/);
    expect(about([...approved, started('failed')]).text).toContain('could not be set up');
  });

  test('how it ended, with the proof and when it was looked at', () => {
    const words = wordsIn(about(closed).blocks);
    expect(words).toContain('Your access *Orders database admin* has ended.');
    expect(words).toMatch(/Gone, checked <!date\^\d+\^{date_short_pretty} {time_secs}\|[^>]*>: no inline/);
    expect(about(takenBack('')).text).toBe(
      'Your access *Orders database admin* has ended: taken back by <@USAM>.',
    );
    expect(about([...active, { ...started('released'), by: ana }, closedAs('released')]).text).toContain(
      'you handed it back',
    );
  });

  test('ended on time: the time that it says is the end of the access, not that of the look', () => {
    const state = stateAfter(closed);
    if (state.status !== 'closed' || !state.lease) throw new Error('no lease');
    expect(state.closedAt).toBeGreaterThan(state.lease.endsAt);
    const last = wordsIn(about(closed).blocks.at(-1));
    expect(last).toContain(` · ended <!date^${state.lease.endsAt / 1000}^`);
    expect(last).not.toContain(`<!date^${state.closedAt / 1000}^`);
  });

  test('without ever having been access', () => {
    expect(about(lives.find(([name]) => name === 'a lapsed one')![1]).text).toBe(
      'Your request for *Orders database admin* for 1 hour has lapsed: nobody decided in time.',
    );
  });
});

/** What each button of the requester's asks for. */
const BUTTONS: Record<string, (at: number, state: State) => Command> = {
  cancel: (at, { requester: by }) => ({ type: 'Cancel', at, by }),
  revoke: (at, { requester: by }) => ({ type: 'Revoke', at, by, text: '' }),
  credentials: (at, { requester: by }) => ({ type: 'RequestMint', at, by, waiting: 'V1' }),
  answer: (at, state) => ({
    type: 'AnswerQuestion',
    at,
    by: state.requester,
    question: openQuestions(state)[0]?.number ?? 1,
    text: 'yes',
  }),
};

test('in random histories the buttons are those that do something, and no other', () => {
  const seen = new Set<string>();
  const kinds = [kindOf('iam-policy', { mints: true })];
  const property = fc.property(histories, (history) => {
    const { world } = live(realCore, history, []);
    for (const { state, tail } of world.heads) {
      const { at } = world.records[tail.n - 1]!.event;
      const ends = 'lease' in state && state.lease ? state.lease.endsAt : state.lapsesAt;
      // Once a time that it names has passed, it is drawn again.
      if (at >= ends && state.status !== 'closed') continue;
      const shown = [...new Set(actionsIn(living(viewOf(state), directory, kinds).blocks))];
      const taken = Object.entries(BUTTONS).flatMap(([name, command]) => {
        const decided = decide(command(at, state), state);
        const tooOften = 'refusal' in decided && decided.refusal.code === 'too-many-sessions';
        const happens = 'events' in decided && decided.events.length > 0;
        // Near the end the same button says "I’m done".
        const isNear = name === 'revoke' && state.status === 'active' && state.warned;
        return happens || tooOften ? [isNear ? 'release' : name] : [];
      });
      // The form that it opens is decided anew, so of what is over it always holds.
      if (state.status === 'closed') taken.push('again');
      expect(shown.toSorted()).toEqual(taken.toSorted());
      seen.add(`${state.status}: ${shown.join()}`);
    }
  });
  fc.assert(property, { numRuns: tries(300, 3_000), seed: 20_261_120 });
  expect([...seen].toSorted()).toEqual([
    'active: credentials,release',
    'active: credentials,revoke',
    'approved: revoke',
    'closed: again',
    'ending: ',
    'pending: answer,cancel',
    'pending: cancel',
  ]);
});
