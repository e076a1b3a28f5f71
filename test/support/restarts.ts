import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { serve, type Serving } from '../../src/run/server/serve.js';
import { memoryStore } from '../../src/store/memory/store.js';
import { corp } from './people.js';
import {
  cardWith,
  company,
  copyOfPolicies,
  FRIDAY,
  HOUR,
  MINUTE,
  SIGNING_SECRET,
  textOf,
} from './company.js';

/** The whole program, stopped and started again on the same record, on a clock moved by hand. */
export async function restarts() {
  let at = FRIDAY;
  const now = () => at;
  const firm = await company({ now });
  const { slack, cloud } = firm;
  const before = { ...process.env };
  Object.assign(process.env, firm.awsEnvironment);
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const store = memoryStore({ now, log });
  const policyDir = copyOfPolicies();
  const broken = join(policyDir, 'extra.cedar');
  const directory = join(policyDir, 'directory.yml');
  const asItWas = readFileSync(directory);

  let due: { at: number; run: () => void }[] = [];
  const timers = {
    after(ms: number, run: () => void) {
      const timer = { at: at + ms, run };
      due.push(timer);
      return timer;
    },
    cancel(timer: unknown) {
      due = due.filter((one) => one !== timer);
    },
  };
  let serving: Serving | undefined;

  /** Until what is due now has been done, or put off: one request's work is done in turn, so that is waited for. */
  async function settle(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      await pause(10);
      const looked = await serving?.app.engine.sweep({ until: at + 10_000 * HOUR });
      calm = looked?.looked.some(({ dueAt }) => dueAt !== undefined && dueAt <= at) ? 0 : calm + 1;
    }
  }

  return {
    slack,
    cloud,
    store,
    lines,
    now,
    settle,
    app: () => serving!.app,
    async start(over: Partial<Config['slack']> = {}): Promise<Serving> {
      const config: Config = {
        slack: {
          botToken: { value: slack.botToken },
          signingSecret: { value: SIGNING_SECRET },
          apiUrl: slack.apiUrl,
          ...over,
        },
        port: 0,
        store: 'memory',
        table: 'jit',
        createTable: false,
        policyDir,
        sweepSeconds: 60,
        signinUrl: cloud.signinUrl,
        logLevel: 'info',
      };
      const record = { store, feed: store.changes };
      const deps = { log, now, apart: 0, timers, record, end: () => undefined };
      serving = await serve(config, deps);
      slack.connect(`http://127.0.0.1:${serving.port}/slack/events`);
      await settle();
      return serving;
    },
    async stop() {
      await serving?.stop();
      serving = undefined;
      due = [];
    },
    /** Minute after minute, with the sweeps and timers that fall into it. */
    async pass(ms: number) {
      for (const end = at + ms; at < end;) {
        at = Math.min(end, at + MINUTE);
        const ripe = due.filter((timer) => timer.at <= at);
        due = due.filter((timer) => !ripe.includes(timer));
        for (const { run } of ripe) run();
        await settle();
      }
    },
    breakFolder: () => writeFileSync(broken, 'permit (principal, action, resource);\n'),
    /** It becomes the folder of a jit in another account. */
    moveFolder: () => appendFileSync(directory, "\naccount: '777788889999'\n"),
    mendFolder() {
      rmSync(broken, { force: true });
      writeFileSync(directory, asItWas);
    },
    async ask(who: string, entitlement: string) {
      const person = slack.as(who);
      await person.command('/jit');
      const modal = slack.views(who).at(-1)!;
      await person.choose(modal, 'entitlement', entitlement);
      await person.submit(slack.views(who).at(-1)!.id, {
        entitlement,
        duration: '1h',
        justification: 'looking into the orders that got lost',
      });
      await settle();
      const [head] = await store.byRequester(corp(`${who.slice(2).toLowerCase()}@corp.example`), 1);
      return head!.id;
    },
    status: async (id: string) => (await store.head(id))!.state.status,
    click: (who: string, action: string) => slack.as(who).click(cardWith(slack.dms(who), action), action),
    said: (who: string) => slack.dms(who).map((one) => textOf(one)),
    health: async () => {
      const answer = await fetch(`http://127.0.0.1:${serving!.port}/healthz`);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    logged: (message: RegExp) =>
      lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ msg }) => message.test(String(msg))),
    async close() {
      await serving?.stop();
      await firm.close();
      process.env = before;
    },
  };
}
