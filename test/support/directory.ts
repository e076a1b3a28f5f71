import { directory } from '../../src/people/index.js';
import type { DirectoryConfig, UnknownGroup } from '../../src/domain/directory.js';
import { unknownGroup } from '../../src/people/snapshot.js';
import type { JsonObject } from '../../src/domain/entitlement.js';
import { TooMuchAsked, type PeopleSource, type Rest, type SourceUser } from '../../src/ports/people.js';
import { HOUR, MINUTE } from './units.js';

export { HOUR, MINUTE };

export function config(more: Partial<DirectoryConfig> = {}): DirectoryConfig {
  return {
    channel: 'C0ACCESS',
    timezone: 'UTC',
    justification: { minLength: 10 },
    approvalTimeout: 8 * HOUR,
    startWithin: 3 * 86_400_000,
    warnBefore: 10 * MINUTE,
    groups: {
      engineers: { source: 'slack', id: 'S0ENG' },
      dba: { source: 'slack', id: 'S0DBA' },
      security: { members: ['Sam@corp.example', 'kim@corp.example'] },
    },
    stages: [
      { name: 'manager', kind: 'manager' },
      { name: 'owners', kind: 'owners' },
      { name: 'dba', kind: 'group', group: 'dba' },
      { name: 'security', kind: 'group', group: 'security' },
    ],
    people: { 'ana@corp.example': { manager: 'bob@corp.example' } },
    accounts: {},
    ...more,
  };
}

export function user(id: string, more: Partial<SourceUser> = {}): SourceUser {
  const email = `${id.slice(2).toLowerCase()}@corp.example`;
  return { id, tenants: ['T0CORP'], email, kind: 'member', deactivated: false, ...more };
}

/** A Slack by hand, with a count of the questions. */
function slack() {
  const users = new Map(['U0ANA', 'U0BOB', 'U0DAN', 'U0EVE', 'U0SAM'].map((id) => [id, user(id)]));
  const groups: Record<string, string[]> = { S0ENG: ['U0ANA', 'U0BOB', 'U0DAN'], S0DBA: ['U0DAN', 'U0EVE'] };
  const asked = { usergroups: 0, user: [] as string[], byEmail: [] as string[], rest: [] as string[] };
  const rests: Record<string, Rest> = {};
  const state = { down: false, busy: false };
  const answered = <T>(value: T): T => {
    if (state.down) throw new Error('Slack is down');
    return value;
  };
  const people: PeopleSource = {
    provider: 'slack',
    name: 'Slack',
    async groups() {
      asked.usergroups += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return answered(structuredClone(groups));
    },
    async byId(id) {
      asked.user.push(id);
      if (state.busy) throw new TooMuchAsked('too often');
      return answered(users.get(id));
    },
    async byEmail(email) {
      asked.byEmail.push(email);
      return answered([...users.values()].find((one) => one.email === email));
    },
    async rest(id) {
      asked.rest.push(id);
      return answered(rests[id]);
    },
  };
  return { people, users, groups, rests, asked, state };
}

export function notes() {
  const kept = new Map<string, JsonObject>();
  return {
    kept,
    async note(name: string) {
      return structuredClone(kept.get(name));
    },
    async saveNote(name: string, note: JsonObject) {
      kept.set(name, structuredClone(note));
    },
  };
}

export function set(settings = config()) {
  const time = { now: Date.UTC(2026, 10, 20, 10) };
  const given = slack();
  const store = notes();
  const faults: string[] = [];
  const more = { settings };
  const make = (how: { readonly?: boolean } = {}) =>
    directory({
      source: given.people,
      store: how.readonly ? { note: (name) => store.note(name) } : store,
      config: () => more.settings,
      tenant: 'T0CORP',
      now: () => time.now,
      report: (what) => faults.push(what),
    });
  return { ...given, time, store, faults, more, make, directory: make() };
}
/** Unknown while Slack answers nothing that may be used, or one of them while it is in doubt. */
export const slackGroup = (name: string, id: string, lasting = false): UnknownGroup =>
  unknownGroup({ name: 'Slack' }, { name, id, lasting });
export const ENGINEERS = slackGroup('engineers', 'S0ENG');
export const DBA = slackGroup('dba', 'S0DBA');
export const emails = (candidates: { email: string }[]): string[] =>
  candidates.map(({ email }) => email).sort();
