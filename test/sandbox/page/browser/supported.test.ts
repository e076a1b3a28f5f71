import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkBlocks, checkModal } from '../../../../src/sandbox/slack/block-kit/blocks.js';
import {
  inActions,
  inContext,
  inInput,
  inSection,
} from '../../../../src/sandbox/slack/block-kit/elements.js';
import { valuesOf } from '../../../../src/sandbox/slack/block-kit/inputs.js';
import { BLOCKS, FIELDS, NOT_DRAWN, SIMPLE } from '../../../../src/sandbox/page/browser/slack/supported.js';

const SRC = resolve(__dirname, '../../../../src');
const sources = (folder: string) =>
  readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(SRC, folder, file), 'utf8'));
/** Every word in what the double is made of: whatever it accepts is among them. */
const words = (folder: string) => [
  ...new Set(sources(folder).flatMap((text) => text.match(/\b[a-z_]+\b/g) ?? [])),
];

const unknown = (problems: string[]) => problems.some((one) => one.includes('unsupported type'));
const isBlock = (type: string) =>
  !unknown(checkBlocks([{ type }])) || !unknown(checkModal({ type: 'modal', blocks: [{ type }] }));
const isElement = (type: string) =>
  [inActions, inContext, inInput, inSection].some((accepts) => !unknown(accepts({ type }, '/')));

const drawn: string[] = [...BLOCKS, ...FIELDS, ...SIMPLE];
const left: string[] = [...NOT_DRAWN];

test('every type of block and element that the double accepts is drawn, or named as not drawn', () => {
  const accepted = words('sandbox/slack').filter((type) => isBlock(type) || isElement(type));
  expect(accepted).toEqual(expect.arrayContaining(['section', 'external_select', 'markdown']));
  expect(accepted.filter((type) => !drawn.includes(type) && !left.includes(type))).toEqual([]);
});

test('every type that the bot uses is drawn', () => {
  const used = sources('slack')
    .flatMap((text) => [...text.matchAll(/type: '([a-z_]+)'/g)].map(([, type]) => type!))
    .filter((type) => isBlock(type) || isElement(type));
  expect(used).toEqual(expect.arrayContaining(['section', 'actions', 'static_select']));
  expect(used.filter((type) => !drawn.includes(type))).toEqual([]);
});

test('the table names nothing that the double would refuse, and nothing twice', () => {
  const named = [...new Set([...drawn, ...left])];
  expect(named.filter((type) => !isBlock(type) && !isElement(type))).toEqual([]);
  expect(left.filter((type) => drawn.includes(type))).toEqual([]);
});

test('every field that is drawn is one whose value the double keeps', () => {
  const blocks = FIELDS.map((type) => ({ type: 'input', block_id: type, element: { type, action_id: 'a' } }));
  expect(Object.keys(valuesOf(blocks))).toEqual([...FIELDS]);
});
