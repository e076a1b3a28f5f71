import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isNode, isScalar, parseDocument, visit, YAMLMap } from 'yaml';
import { builtOnce } from '../built.js';

export const ROOT = resolve(__dirname, '../../..');
const NAMES = ['slack', 'stream', 'sweep'] as const;
const FUNCTIONS = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Not', 'Select', 'Split', 'Join'];

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };
/** A value that is text, or a number; anything else fails the test. */
export function textOf(value: Json | undefined): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new Error(`no text: ${JSON.stringify(value)}`);
  return String(value);
}
export interface Resource {
  Type: string;
  Properties: JsonMap;
  Condition?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}
export interface Template {
  Parameters?: Record<string, { Type: string; Default?: string }>;
  Conditions?: Record<string, Json>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: Json }>;
}
export interface Packaged {
  template: Template;
  /** Where the template lies. Nobody may change it. */
  file: string;
  /** What is in each function's zip. */
  zips: Record<string, string[]>;
}

/** What `osls package` makes of serverless.yml, with stubs in place of the bundles; or what it says instead. */
export function packageStack(
  parameters: Record<string, string>,
  options: string[] = ['--region', 'eu-west-1'],
): Packaged | { refused: string } {
  const inputs = {
    files: ['serverless.yml', '.osls', 'test/support/deploy/template.ts'],
    more: [parameters, options],
  };
  let folder: string;
  try {
    folder = builtOnce('stack', inputs, (fresh) => runOsls(fresh, parameters, options));
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
  const made = (file: string) => join(folder, '.serverless', file);
  const file = made('cloudformation-template-update-stack.json');
  const zips = Object.fromEntries(NAMES.map((name) => [name, entriesOf(readFileSync(made(`${name}.zip`)))]));
  return { template: JSON.parse(readFileSync(file, 'utf8')) as Template, zips, file };
}

class Refused extends Error {}

function runOsls(folder: string, parameters: Record<string, string>, options: string[]): void {
  for (const name of ['serverless.yml', '.osls'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of NAMES) {
    const bundle = join(folder, 'dist/lambda', name);
    mkdirSync(join(bundle, 'policies'), { recursive: true });
    writeFileSync(join(bundle, 'index.js'), 'exports.handler = async () => {};');
    writeFileSync(join(bundle, 'index.js.map'), '{}');
    writeFileSync(join(bundle, 'cedar_wasm_bg.wasm'), 'wasm');
    writeFileSync(join(bundle, 'policies/catalog.yml'), 'entitlements: []');
  }
  writeFileSync(join(folder, 'dist/lambda/package.json'), '{"type":"commonjs"}');
  const given = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const osls = join(ROOT, 'node_modules/osls/bin/serverless.js');
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [osls, 'package', ...options, ...given], {
    cwd: folder,
    encoding: 'utf8',
    // Neither the credentials nor the region of whoever runs this.
    env: { PATH, HOME, CI: 'true' },
    timeout: 60_000,
  });
  if (status !== 0) throw new Refused(stdout + stderr);
}

/** The same, where nothing is to be refused. */
export function packaged(parameters: Record<string, string> = {}): Packaged {
  const result = packageStack({ teamId: 'T0123456789', ...parameters });
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

/** The names in a zip, from its central directory. */
function entriesOf(zip: Buffer): string[] {
  const names: string[] = [];
  for (let at = zip.indexOf('PK\u0001\u0002'); at >= 0; at = zip.indexOf('PK\u0001\u0002', at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.sort();
}

/** A template of ours in YAML, with CloudFormation's short forms spelled out. */
export function readTemplate(path: string): Template {
  const customTags = FUNCTIONS.flatMap((name) => [
    { tag: `!${name}`, resolve: (text: string) => text },
    { tag: `!${name}`, collection: 'seq' as const, resolve: (items: YAMLMap) => items },
  ]);
  const document = parseDocument(readFileSync(join(ROOT, path), 'utf8'), { customTags: customTags as never });
  visit(document, {
    Node(_, node) {
      if (!isNode(node) || !('tag' in node) || !node.tag?.startsWith('!')) return undefined;
      const name = node.tag.slice(1);
      const long = new YAMLMap();
      if ('anchor' in node && node.anchor) long.anchor = node.anchor;
      Object.assign(node, { tag: undefined, anchor: undefined });
      const value = name === 'GetAtt' && isScalar<string>(node) ? node.value.split('.') : node;
      long.set(name === 'Ref' ? name : `Fn::${name}`, value);
      return long;
    },
  });
  return document.toJS() as Template;
}
