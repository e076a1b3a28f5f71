// `run.mjs` reads this table as it is, without the modules that it names: only types are imported here.
import type * as buttons from '../../src/slack/messages/buttons.js';
import type * as confirm from '../../src/workflow/engine/effects/confirm.js';
import type * as delegation from '../../src/domain/delegation.js';
import type * as standIns from '../../src/workflow/seats/stand-ins.js';
import type * as blocks from '../../src/slack/messages/blocks.js';
import type * as body from '../../src/slack/wire/recognise-body.js';
import type * as copies from '../../src/slack/delivery/copies.js';
import type * as directory from '../../src/domain/directory.js';
import type * as enforcement from '../../src/grants/aws/documents/enforcement.js';
import type * as findOwn from '../../src/slack/delivery/find-own-message.js';
import type * as form from '../../src/workflow/front/ask/form.js';
import type * as modal from '../../src/slack/acts/request-modal.js';
import type * as people from '../../src/people/people.js';
import type * as session from '../../src/grants/sts-session/provisioner.js';
import type * as sightings from '../../src/people/sightings.js';
import type * as slackPeople from '../../src/slack/people.js';
import type * as snapshot from '../../src/people/snapshot.js';
import type * as text from '../../src/slack/messages/mrkdwn.js';

/** A mistake that somebody made, in the place of functions of one module of the real program. */
export interface Mistake {
  name: string;
  seam: Seam;
  test: string;
  /** In full, as jest reports it. */
  testName: string;
  /** Part of what the test then says: it fails because of this mistake, and of no other. */
  says: string;
}
export interface Seam {
  /** From the root of the repository. */
  module: string;
  /** By exported function: what other modules get in its place. */
  wrong: Record<string, (actual: never) => unknown>;
}

type Wrong<M> = { [F in keyof M]?: (actual: M[F]) => M[F] };

/** The compiler knows `M`, and jest the path: where a module moves, both are on its one line. */
const into =
  <M>(module: string) =>
  (wrong: Wrong<M>): Seam => ({ module, wrong: wrong as Seam['wrong'] });
const inBlocks = into<typeof blocks>('src/slack/messages/blocks.ts');
const inBody = into<typeof body>('src/slack/wire/recognise-body.ts');
const inButtons = into<typeof buttons>('src/slack/messages/buttons.ts');
const inConfirm = into<typeof confirm>('src/workflow/engine/effects/confirm.ts');
const inCopies = into<typeof copies>('src/slack/delivery/copies.ts');
const inDirectory = into<typeof directory>('src/domain/directory.ts');
const inDelegation = into<typeof delegation>('src/domain/delegation.ts');
const inStandIns = into<typeof standIns>('src/workflow/seats/stand-ins.ts');
const inEnforcement = into<typeof enforcement>('src/grants/aws/documents/enforcement.ts');
const inFindOwn = into<typeof findOwn>('src/slack/delivery/find-own-message.ts');
const inForm = into<typeof form>('src/workflow/front/ask/form.ts');
const inModal = into<typeof modal>('src/slack/acts/request-modal.ts');
const inPeople = into<typeof people>('src/people/people.ts');
const inSession = into<typeof session>('src/grants/sts-session/provisioner.ts');
const inSightings = into<typeof sightings>('src/people/sightings.ts');
const inSlackPeople = into<typeof slackPeople>('src/slack/people.ts');
const inSnapshot = into<typeof snapshot>('src/people/snapshot.ts');
const inText = into<typeof text>('src/slack/messages/mrkdwn.ts');

type User = Parameters<typeof people.strangeness>[0];

/** Takes each user for what `seen` makes of them, in both questions about who is let in. */
const takenFor = (seen: (user: NonNullable<User>, tenant: string) => User): Seam =>
  inPeople({
    strangeness: (actual) => (user, tenant) => actual(user && seen(user, tenant), tenant),
    fitEmail: (actual) => (user, tenant) => actual(user && seen(user, tenant), tenant),
  });

type Modal = ReturnType<typeof modal.requestModal>;
interface Choices {
  label: { text: string };
  options: unknown[];
}

/** The form with other groups of choices. */
const withChoices = (change: (groups: Choices[]) => Choices[]): Seam =>
  inModal({
    requestModal:
      (actual) =>
      (...args) =>
        JSON.parse(JSON.stringify(actual(...args)), (key, value: Choices[]) =>
          key === 'option_groups' ? change(value) : value,
        ) as Modal,
  });
const nameOf = ({ label }: Choices): string => label.text.replace(/ \(\d+\)$/, '');
const named = (text: string, options: unknown[]): Choices => ({
  label: { type: 'plain_text', text } as Choices['label'],
  options,
});

/** Whose seats somebody may fill, also of people for whose delegate they stand in. */
const passedOn: (actual: typeof standIns.seatsFor) => typeof standIns.seatsFor =
  (actual) => async (deps, by, asked) => {
    const heads = (await deps.store.dueLedgers(Infinity, 100)).map((name) => deps.store.ledger(name));
    const all = (await Promise.all(heads)).flatMap((head) => head?.delegation ?? []);
    const on = all.flatMap((one) =>
      all.filter(({ from }) => from.email === one.to.email).map(({ to }) => ({ ...one, to })),
    );
    return actual(deps, by, asked, async () => [...all, ...on]);
  };

export const MISTAKES: Mistake[] = [
  {
    name: 'somebody and whoever stands in for them were counted as two people',
    seam: inDelegation({ peopleOf: () => (vote) => [vote.by] }),
    test: 'test/workflow/delegation.test.ts',
    testName: 'invariant 17: who stands in counts once with who is away, whoever of the two comes first',
    says: 'Expected: "seat-taken"',
  },
  {
    name: 'a delegate of a delegate decided',
    seam: inStandIns({ seatsFor: passedOn }),
    test: 'test/workflow/delegation.test.ts',
    testName: 'invariant 17: who stands in never passes it on',
    says: 'Expected: "unknown-request"',
  },
  {
    name: 'approval buttons were links',
    seam: inBlocks({
      button: (actual) => (action, label, value, look) => ({
        ...actual(action, label, value, look),
        ...(action === 'approve' && { url: `https://jit.corp.example/approve/${value}` }),
      }),
    }),
    test: 'test/slack/messages.test.ts',
    testName:
      'every message about an open request invariant 8: nothing in it is a link, since whoever opens a link is not known',
    says: 'https://jit.corp.example/approve/',
  },
  {
    name: 'state was parsed back from the text of a message',
    seam: inBody({
      recognise: (actual) => (of) => {
        const found = actual(of);
        const { text } = (of['message'] ?? {}) as { text?: string };
        const actions = found?.body['actions'] as object[] | undefined;
        if (!found || !actions || text === undefined) return found;
        return {
          ...found,
          body: { ...found.body, actions: actions.map((one) => ({ ...one, value: text })) },
        };
      },
    }),
    test: 'test/slack/register.test.ts',
    testName: 'votes invariant 8: what the message around the button says counts for nothing',
    says: '+   "stage": "manager"',
  },
  {
    name: 'guests were let in',
    seam: takenFor((user) => (user.kind === 'guest' ? { ...user, kind: 'member' } : user)),
    test: 'test/slack/strangers.test.ts',
    testName:
      'invariant 8: a guest is told why not at each button, each form and each command, and nothing changes',
    says: '+     "There is no such request, or it does not concern you.',
  },
  {
    name: 'other workspaces were let in through a shared channel',
    seam: takenFor((user, tenant) =>
      user.tenants.length === 0 ? user : { ...user, tenants: [...user.tenants, tenant] },
    ),
    test: 'test/people/person.test.ts',
    testName: 'invariant 8: somebody who is another workspace’s, though with our id is refused',
    says: '+   "person": Object',
  },
  {
    name: 'the workspace that a payload names was taken for the person’s own',
    seam: inSightings({
      sightingsOf: (actual) => (of) => {
        const real = actual(of);
        return {
          ...real,
          person: async (actor) =>
            actor.tenant !== undefined && actor.tenant !== of.tenant
              ? { refusal: { code: 'other-workspace' } }
              : real.person(actor),
        };
      },
    }),
    test: 'test/people/person.test.ts',
    testName:
      'invariant 8: somebody who is at home in a sister workspace of the Grid is let in, of the served workspace',
    says: '+   "refusal": Object',
  },
  {
    name: '`<!channel>` came through the reason',
    seam: inForm({
      checkForm: (actual) => (given, bundle, now) => {
        const { justification } = given;
        const checked = actual(
          { ...given, justification: justification.replaceAll('<!channel>', '(channel)') },
          bundle,
          now,
        );
        return 'code' in checked ? checked : { ...checked, justification };
      },
    }),
    test: 'test/workflow/front.test.ts',
    testName:
      'asking {"justification":"wake up <!channel> please"} is refused with the rule, and nothing is written',
    says: '+   "ok": Object',
  },
  {
    name: '`<!channel>` in a reason was posted as it was written',
    seam: inText({
      quote: () => (reason, max) =>
        reason
          .split('\n')
          .map((line) => `>${line}`)
          .join('\n')
          .slice(0, max),
    }),
    test: 'test/slack/messages.test.ts',
    testName:
      'every message about an open request is one that Slack takes, at its largest and most hostile (invariant 11)',
    says: '><!channel> <@U1>',
  },
  {
    name: 'an approver who had left broke every request',
    seam: inPeople({
      membersAsCandidates:
        (actual) =>
        (of, ids, ...rest) => {
          const gone = ids.find((id) => actual(of, [id], ...rest).length === 0);
          if (gone !== undefined) throw new Error(`${gone} has no address`);
          return actual(of, ids, ...rest);
        },
    }),
    test: 'test/people/workflow.test.ts',
    testName: 'an approver who left cannot vote, and does not break the request',
    says: 'Received: {"code": "directory-unavailable"}',
  },
  {
    name: 'a voter who had left since broke the request',
    seam: inConfirm({
      confirm: (actual) => async (deps, head, owed) => {
        for (const { by } of head.state.votes)
          if ('refusal' in (await deps.directory.person(by.account)))
            return { later: undefined, why: 'a voter has left' };
        return actual(deps, head, owed);
      },
    }),
    test: 'test/people/workflow.test.ts',
    testName:
      'changed between vote and effect invariant 3: a voter who has left the company does not count, and nobody else is disturbed',
    says: 'Received: {"code": "stage-not-open", "open": "", "stage": "dba"}',
  },
  {
    name: 'more than a hundred choices broke the form',
    seam: withChoices((groups) =>
      [...new Set(groups.map(nameOf))].map((name) =>
        named(
          name,
          groups.filter((group) => nameOf(group) === name).flatMap(({ options }) => options),
        ),
      ),
    ),
    test: 'test/slack/request-modal.test.ts',
    testName: 'the form two hundred and fifty entitlements in one environment are three groups',
    says: '+     250,',
  },
  {
    name: 'choices beyond the hundredth were left out of the form',
    seam: withChoices((groups) =>
      groups
        .filter((group, n) => groups.findIndex((other) => nameOf(other) === nameOf(group)) === n)
        .map((group) => named(nameOf(group), group.options)),
    ),
    test: 'test/slack/request-modal.test.ts',
    testName: 'the form two hundred and fifty entitlements in one environment are three groups',
    says: '-     "production (2)",\n+     "production",\n      100,',
  },
  {
    name: 'an empty answer of the directory removed everyone',
    seam: inSnapshot({
      believed:
        (actual) =>
        (answer, ids, ...rest) =>
          actual({ ...Object.fromEntries(ids.map((id) => [id, []])), ...answer }, ids, ...rest),
    }),
    test: 'test/people/groups.test.ts',
    testName: 'invariant 4: an empty answer makes every group unknown',
    says: '-     "lasting": true,',
  },
  {
    name: 'a group without its members was taken for an empty one',
    seam: inSlackPeople({
      slackPeople:
        (actual) =>
        (client, ...rest) => {
          const list: typeof client.usergroups.list = async (...args) => {
            const { usergroups = [], ...answer } = await client.usergroups.list(...args);
            return { ...answer, usergroups: usergroups.map((group) => ({ users: [], ...group })) };
          };
          const { users } = client;
          return actual({ users, usergroups: { list } } as typeof client, ...rest);
        },
    }),
    test: 'test/slack/people.test.ts',
    testName: 'invariant 4: a group that comes without its members is left out, an empty one is not',
    says: '+   "S1": Array [],',
  },
  {
    name: 'a group was believed to be empty at once',
    seam: inSnapshot({
      believed: (actual) => (answer, ids, before, now) =>
        actual(answer, ids, before && { ...before, usergroups: {}, emptied: {} }, now),
    }),
    test: 'test/people/workflow.test.ts',
    testName:
      'an empty answer of Slack invariant 4: voids no vote and closes no request; when Slack is right again it takes effect',
    says: '+   "status": "closed",',
  },
  {
    name: 'a session of four hours simply failed',
    seam: inSession({
      // As long as what is left of the grant, which STS may not give.
      stsSession: (actual) => (deps) => {
        let left = 0;
        const send = (command: { input: { DurationSeconds: number } }, ...rest: []) => {
          command.input.DurationSeconds = Math.max(900, left);
          return deps.aws.sts.send(command as never, ...rest);
        };
        const real = actual({ ...deps, aws: { ...deps.aws, sts: { send } as never } });
        return {
          ...real,
          mint(grant, now) {
            left = Math.ceil((grant.lease.endsAt - now) / 1000);
            return real.mint!(grant, now);
          },
        };
      },
    }),
    test: 'test/grants/sts-session.test.ts',
    testName: 'sts-session with eight hours left the session is asked for as long as STS can give it',
    says: 'GrantFault: ValidationError: sts:AssumeRole',
  },
  {
    name: 'a Deny that was to spare AWS’s services spared people too',
    seam: inEnforcement({
      // A person's own call has no such key, and Bool does not hold where there is none.
      denials: (actual) => (guardrails, form) =>
        JSON.parse(
          JSON.stringify(actual(guardrails, form)).replaceAll('"BoolIfExists"', '"Bool"'),
        ) as ReturnType<typeof enforcement.denials>,
    }),
    test: 'test/grants/services.test.ts',
    testName:
      'invariant 1: with sourceIp a session refuses somebody at another address, themselves and through a service',
    says: 'Expected: false',
  },
  {
    name: 'buttons stayed on the message about access that had ended',
    seam: inButtons({
      buttonsOf: (actual) => (state, kinds) =>
        actual((state.status === 'closed' ? { ...state, status: 'active' } : state) as typeof state, kinds),
    }),
    test: 'test/slack/buttons.test.ts',
    testName:
      'after any history no message anywhere has a button that would be refused because of the state (1)',
    says: '+   "revoke in D0ANA, of one that is closed",',
  },
  {
    name: 'a manager learned of a request in a channel that they need not be in',
    seam: inDirectory({ toldBy: () => () => 'channel' }),
    test: 'test/workflow/telling.test.ts',
    testName: 'a manager is asked by a direct message, where directory.yml does not say otherwise',
    says: 'no message with a button "approve"',
  },
  {
    name: 'a card in direct messages kept its buttons when others had decided',
    seam: inCopies({
      copyKeeper: (actual) => (of) => ({
        ...actual(of),
        settle: async (_, copies) => ({ copies, gone: false }),
      }),
    }),
    test: 'test/workflow/telling.test.ts',
    testName: 'a stage that says tell: people is told by direct messages, and no channel hears of it',
    says: '+   "U0SAM",',
  },
  {
    name: 'a card whose answer was lost was posted twice',
    seam: inFindOwn({ lookUp: () => async () => undefined }),
    test: 'test/slack/notifier.test.ts',
    testName:
      'invariant 5: a card whose sending may have been heard is looked up and brought up to date, not posted twice',
    says: '+   "chat.postMessage",',
  },
];
