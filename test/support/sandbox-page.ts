import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Grant } from '../../src/domain/grant.js';
import { apply, type Head } from '../../src/domain/request/head.js';
import type { AuditRecord } from '../../src/domain/record/seal.js';
import type { Owed } from '../../src/domain/request/outbox.js';
import type { Event } from '../../src/domain/request/event.js';
import { sandboxClock } from '../../src/sandbox/clock.js';
import { startCloud, type PolicyDocument } from '../../src/sandbox/aws/index.js';
import type { Playground } from '../../src/sandbox/playground.js';
import { startSlack } from '../../src/sandbox/slack/index.js';
import type { PagePerson, PageSnapshot } from '../../src/sandbox/page/model/model.js';
import { serveSandbox } from '../../src/sandbox/page/server/server.js';
import { T0 } from './requests.js';
import { bot as fakeBot, web, type Heard } from './sandbox-slack.js';

export const ACCOUNT = '111122223333';
export const SECRET = 'the-signing-secret';

const everybody: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

const someone = (id: string, name: string, role: string, more: Partial<PagePerson> = {}): PagePerson => ({
  id,
  name,
  realName: name.charAt(0).toUpperCase() + name.slice(1),
  email: `${name}@corp.example`,
  role,
  actable: true,
  ...more,
});
export const PEOPLE = [
  someone('UZOE', 'zoe', 'robot keeper', { actable: false }),
  someone('UANA', 'ana', 'engineer'),
  someone('UBOB', 'bob', 'manager'),
  someone('UOLGA', 'olga', 'other company', { email: 'olga@other.example' }),
];

/** The doubles of Slack and AWS, the clock, and in the place of the real bot one that answers as told. */
export async function place({ port = 0, answerWithin = 300 } = {}) {
  const wall = { now: T0 };
  const clock = sandboxClock(() => wall.now, T0);
  const slack = await startSlack({
    now: clock.now,
    signingSecret: SECRET,
    team: { id: 'T1', name: 'Corp' },
    users: PEOPLE.map(({ id, name, email }) => ({ id, name, email, ...(id === 'UOLGA' && { team: 'T2' }) })),
    channels: [
      { id: 'C0ACCESS', name: 'access' },
      { id: 'C0BOSS', name: 'boss', members: ['UBOB'] },
      { id: 'C0SHARED', name: 'shared', members: ['UANA', 'UOLGA'] },
      { id: 'C0OLD', name: 'old', archived: true },
    ],
    answerWithin,
  });
  const cloud = await startCloud({ now: clock.now });
  const ana = cloud.addUser({ account: ACCOUNT, name: 'ana.lopez' }).arn;
  const jit = cloud.addUser({ account: ACCOUNT, name: 'jit', inline: { everybody } });

  const says: { answer: (heard: Heard) => Promise<string | number> | string | number } = { answer: () => '' };
  const heard = await fakeBot((one) => says.answer(one));
  slack.connect(heard.url);

  const kept = new Map<string, { head: Head; records: AuditRecord[]; grant?: Grant }>();
  const listeners = new Set<() => void>();
  const changed = () => listeners.forEach((listener) => listener());
  let running = true;
  const switchTo = async (to: boolean) => {
    running = to;
    changed();
  };
  const playground: Playground = {
    clock,
    wallNow: () => wall.now,
    slack,
    cloud,
    people: PEOPLE,
    timezone: () => 'Europe/Berlin',
    shared: ['C0SHARED'],
    principalsOf: (id) => (id === 'UANA' ? [ana] : []),
    bot: { state: () => ({ running }), start: () => switchTo(true), stop: () => switchTo(false) },
    policies: () => ({ folder: 'policies', hash: 'b1', loadedAt: T0, problems: [], warnings: [] }),
    record: {
      heads: async () => [...kept.values()].map(({ head }) => head),
      events: async (id) => kept.get(id)?.records ?? [],
      grant: async (id) => kept.get(id)?.grant,
      decisions: (id) => (kept.has(id) ? [{ decision: 'needs-approval', request: id }] : []),
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };

  const pageDir = await mkdtemp(join(tmpdir(), 'jit-page-'));
  await writeFile(join(pageDir, 'page.js'), 'export {};\n');
  await writeFile(join(pageDir, 'page.css'), 'body {}\n');
  const served = await serveSandbox(playground, { port, pageDir });

  async function ask(method: string, path: string, body?: unknown) {
    const response = await fetch(`${served.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  return {
    playground,
    wall,
    clock,
    slack,
    cloud,
    ana,
    jit,
    says,
    heard: heard.heard,
    pageDir,
    url: served.url,
    client: web(slack),
    /** Puts a request on record whose history this is, with everything done that could be done so far. */
    onRecord(events: Event[], { grant, owed = [] }: { grant?: Grant; owed?: Owed[] } = {}): void {
      const { head: fresh, records } = apply(undefined, events);
      const later = fresh.outbox.filter(({ effect }) => effect.type === 'clean-up');
      const head = { ...fresh, outbox: [...later, ...owed] };
      kept.set(head.id, { head, records, ...(grant && { grant }) });
      changed();
    },
    ask,
    post: (path: string, body: unknown) => ask('POST', `/api/${path}`, body),
    act: (body: object) => ask('POST', '/api/act', body),
    look: async (as = 'UANA') => (await ask('GET', `/api/snapshot?as=${as}`)).body as unknown as PageSnapshot,
    async close() {
      await served.close();
      await heard.stop();
      await slack.stop();
      await cloud.close();
      clock.stop();
      await rm(pageDir, { recursive: true });
    },
  };
}
export type Place = Awaited<ReturnType<typeof place>>;
