import { rmSync } from 'node:fs';
import { composeFront } from '../../src/run/wiring/front.js';
import { grantKinds } from '../../src/grants/kinds.js';
import { createLog } from '../../src/log.js';
import { loadFolder } from '../../src/policy/load.js';
import { startSlack, type SlackDouble, type User } from '../../src/sandbox/slack/index.js';
import { frontDoor } from '../../src/slack/wire/front-door.js';
import { listen } from '../../src/http/server.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { withDecisionLog } from '../../src/workflow/decision-log.js';
import { company } from './company.js';
import { spread, type Measure, type Row } from './row.js';

const SECRET = 'signing-secret-of-the-company';
const TEAM = 'T0CORP';
const OF_A_TEAM = 10;

interface Typist extends User {
  /** Of which they may ask for all, and for nothing else. */
  team: string;
  things: Set<string>;
}

/**
 * What somebody waits for who opens the form and types a name into it, key by key, where there are very many
 * entitlements of which they may ask for ten. One in five may ask for none: the worst, since nothing ends the search.
 */
export const typeAhead: Measure = {
  name: 'type-ahead',
  async run(size) {
    const entitlements = size === 'quick' ? 200 : 10_000;
    const typists = people({ quick: 5, usual: 40, full: 200 }[size], entitlements);
    const folder = company(entitlements);
    const loaded = await loadFolder(folder, { kinds: grantKinds });
    rmSync(folder, { recursive: true });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems[0]));
    const now = () => Date.now();
    const log = createLog('silent');
    const bundle = withDecisionLog(loaded.bundle, log, () => performance.now());
    const slack = await startSlack({
      now,
      signingSecret: SECRET,
      team: { id: TEAM, domain: 'corp' },
      users: typists.map(({ id, name, email }) => ({ id, name, email })),
      usergroups: [
        { id: 'S0ENG', handle: 'engineers', users: typists.map(({ id }) => id) },
        ...['S0CON', 'S0CALL'].map((id) => ({ id, handle: id.toLowerCase(), users: [] })),
        ...Array.from({ length: entitlements / OF_A_TEAM }, (_, n) => ({
          id: `S0TEAM${n}`,
          handle: `team-${n}`,
          users: typists.filter(({ team }) => team === `team-${n}`).map(({ id }) => id),
        })),
      ],
      channels: [{ id: 'C0ACCESS', name: 'access' }],
    });
    const door = frontDoor({ signingSecret: SECRET, mode: 'at-once', now, log });
    const listening = await listen({
      port: 0,
      host: '127.0.0.1',
      door,
      health: async () => ({ ok: true }),
      log,
    });
    slack.connect(`http://127.0.0.1:${listening.port}/slack/events`);
    try {
      const { bolt } = composeFront({
        bundle: () => bundle,
        store: memoryStore({ now }),
        receiver: door,
        botToken: slack.botToken,
        us: { teamId: TEAM, botId: slack.botId, botUserId: slack.botUserId },
        slackApiUrl: slack.apiUrl,
        wake: () => undefined,
        log,
        now,
      });
      await bolt.start();
      const opened: number[] = [];
      const keys: number[] = [];
      // The first answers of a process, and those to the first person, are not what the others wait for.
      for (const [n, typist] of typists.entries()) {
        const { ms } = await slack.as(typist.id).command('/jit');
        if (typist.things.size > 0 && slack.views(typist.id).length === 0) throw new Error('no form opened');
        const typed = await type(slack, typist);
        if (n > 0) opened.push(ms);
        if (n > 0) keys.push(...typed);
      }
      const what = `${entitlements} entitlements`;
      return [
        row('type-ahead', `${what}: a key typed`, keys),
        row('type-ahead-open', `${what}: /jit with its form opened`, opened),
      ];
    } finally {
      await listening.close();
      await slack.stop();
    }
  },
};

function people(count: number, entitlements: number): Typist[] {
  return Array.from({ length: count }, (_, n) => {
    const user = { id: `U0TYPE${n}`, name: `type${n}`, email: `type${n}@corp.example` };
    if (n % 5 === 4) return { ...user, team: 'none', things: new Set<string>() };
    const team = (n * 7919 + 13) % (entitlements / OF_A_TEAM);
    const things = Array.from({ length: OF_A_TEAM }, (__, thing) => `thing-${team * OF_A_TEAM + thing}`);
    return { ...user, team: `team-${team}`, things: new Set(things) };
  });
}

/** From nothing to the whole name of one of theirs, or of another's. @returns how long each key took, in ms */
async function type(slack: SlackDouble, { id, things }: Typist): Promise<number[]> {
  const wanted = [...things][7] ?? 'thing-77';
  const times: number[] = [];
  let last: string[] = [];
  for (let length = 0; length <= wanted.length; length++) {
    const payload = {
      type: 'block_suggestion',
      user: { id, team_id: TEAM },
      team: { id: TEAM },
      block_id: 'entitlement',
      action_id: 'entitlement',
      value: wanted.slice(0, length),
    };
    const sent = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const { ms, status, body } = await slack.send(slack.signed(sent));
    if (status !== 200) throw new Error(`${status} ${body}`);
    const { options } = JSON.parse(body) as { options: { value: string }[] };
    last = options.map(({ value }) => value);
    const foreign = last.filter((value) => !things.has(value));
    if (foreign.length > 0) throw new Error(`${id} was shown ${foreign.join()}`);
    times.push(ms);
  }
  if (things.size > 0 && !last.includes(wanted)) throw new Error(`${id} does not find ${wanted}`);
  return times;
}

function row(name: string, what: string, samples: number[]): Row {
  const { p50, p99, max } = spread(samples);
  return {
    name,
    what: `${what}: signed request to answer (${samples.length})`,
    values: { p50, p99, max },
    unit: 'ms',
    aim: 'p99 < 100',
    met: p99 < 100,
  };
}
