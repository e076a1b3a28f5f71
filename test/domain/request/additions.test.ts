/** @project outside */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Words put after others that stand once in a file of src. */
type Edit = [file: string, after: string, more: string];

interface Addition {
  what: string;
  edits: Edit[];
  /** Where the compiler asks for it: each file of src that must know of it, and no other. */
  asks: string[];
}

const EFFECTS = 'domain/request/effects.ts';
const STATE = 'domain/request/state.ts';
const EVENT = 'domain/request/event.ts';
const COMMAND = 'domain/request/command.ts';

const sing: Edit = [EFFECTS, 'export type Effect =', " | { type: 'sing'; song: string }"];
const suspended: Edit = [
  STATE,
  'export type State =',
  " (Asked & Leased & { status: 'suspended'; since: Instant }) |",
];

/**
 * What the author of a story may add, and where the compiler then leads them. Whoever moves a file or adds a table changes
 * its line here. A file that goes missing from a list swallows what is added: mend the file, not the list.
 */
const ADDITIONS: Addition[] = [
  {
    what: 'an event',
    edits: [
      [EVENT, 'export type Event = { at: Instant; by: By } & (', " | { type: 'Sung'; to: Person }"],
      [EVENT, "from '../lease.js';", "import type { Person } from '../person.js';"],
    ],
    asks: [
      'cli/audit/export.ts',
      'domain/grant.ts',
      'domain/record/laws.ts',
      'domain/request/stories/index.ts',
      'words/event.ts',
    ],
  },
  {
    what: 'a command',
    edits: [[COMMAND, 'export type Command = { at: Instant } & (', " | { type: 'Sing' }"]],
    asks: ['domain/request/stories/index.ts'],
  },
  {
    what: 'an effect',
    edits: [sing],
    asks: [
      'domain/request/effects.ts',
      'domain/request/outbox.ts',
      'sandbox/page/model/due.ts',
      'workflow/engine/effects/index.ts',
    ],
  },
  {
    what: 'a piece of news',
    edits: [[EFFECTS, 'export type News =', " | 'reminded'"]],
    asks: ['slack/messages/buzz.ts', 'workflow/engine/effects/tell.ts'],
  },
  {
    what: 'a reason for an empty window',
    edits: [[EFFECTS, 'export type NoCredentials =', " 'suspended' |"]],
    asks: ['slack/messages/sessions/credentials.ts'],
  },
  {
    what: 'a status',
    edits: [suspended],
    asks: [
      'domain/request/due.ts',
      'domain/request/state.ts',
      'domain/request/stories/using.ts',
      'slack/messages/buttons.ts',
      'slack/messages/living.ts',
      'slack/messages/parts/outcome.ts',
      'words/state.ts',
      'workflow/front/ask/limits.ts',
    ],
  },
  {
    what: 'a status in which somebody may have access, once that is said',
    edits: [suspended, [STATE, 'const LIVE = {', ' suspended: true,']],
    asks: [
      'domain/request/due.ts',
      'domain/request/stories/ending.ts',
      'domain/request/stories/using.ts',
      'slack/messages/buttons.ts',
      'slack/messages/living.ts',
      'slack/messages/parts/outcome.ts',
      'words/state.ts',
      'workflow/front/ask/limits.ts',
    ],
  },
  {
    what: 'a cause of an end',
    edits: [[STATE, 'export type Cause =', " 'locked' |"]],
    asks: [
      'domain/request/stories/ending.ts',
      'slack/messages/buzz.ts',
      'slack/messages/living.ts',
      'slack/messages/parts/outcome.ts',
      'words/event.ts',
      'words/state.ts',
    ],
  },
  {
    what: 'an outcome',
    edits: [[STATE, 'export type Outcome =', " 'withdrawn' |"]],
    asks: [
      'slack/messages/buzz.ts',
      'slack/messages/living.ts',
      'slack/messages/parts/outcome.ts',
      'words/state.ts',
    ],
  },
  {
    what: 'a reason',
    edits: [[STATE, 'export type Reason =', " | { code: 'locked'; text: string }"]],
    asks: ['domain/record/values.ts', 'words/reason.ts'],
  },
  {
    what: 'a refusal',
    edits: [['domain/refusal.ts', 'export type Refusal =', " | { code: 'locked' }"]],
    asks: ['words/refusal.ts'],
  },
];

const ROOT = resolve(__dirname, '../../..');
/** A copy of src, browser page included, that the compiler knows already. */
let folder: string;
const complaints = () =>
  new Promise<string>((done, fail) => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    execFile(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder }, (error, stdout) => {
      if (error && typeof error.code !== 'number') fail(error);
      else done(stdout);
    });
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jit-additions-'));
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  for (const name of ['node_modules', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name));
  const page = { lib: ['ES2023', 'DOM', 'DOM.Iterable'], jsx: 'react-jsx', jsxImportSource: 'preact' };
  const quick = { skipLibCheck: true, incremental: true, tsBuildInfoFile: join(folder, 'tsbuildinfo') };
  const compilerOptions = { ...page, ...quick, types: ['node'] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['src'], exclude: [] }),
  );
  const wrong = await complaints();
  if (wrong) throw new Error(`src does not compile as it is: ${wrong}`);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(ADDITIONS)(
  'who adds $what is led by the compiler to every place that must know it',
  async ({ edits, asks }) => {
    const before = new Map(edits.map(([file]) => [file, readFileSync(join(folder, 'src', file), 'utf8')]));
    try {
      for (const [file, after, more] of edits) {
        const path = join(folder, 'src', file);
        const parts = readFileSync(path, 'utf8').split(after);
        expect([file, after, parts.length]).toEqual([file, after, 2]);
        writeFileSync(path, parts.join(after + more));
      }
      const files = [...(await complaints()).matchAll(/^src\/(.+?)\(\d+,\d+\): error/gm)].map(
        ([, file]) => file,
      );
      expect(new Set(files)).toEqual(new Set(asks));
    } finally {
      for (const [file, text] of before) writeFileSync(join(folder, 'src', file), text);
    }
  },
  300_000,
);
