/** @project outside */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { isAlias, isNode, parseDocument, visit } from 'yaml';
import { packaged, ROOT } from '../support/deploy/template.js';

/** Made here, or by others. */
const NOT_OURS = ['node_modules', 'dist', '.git', '.serverless'];
const YAML = ['.yml', '.yaml', '.template', '.json'];

/** Every file of the project that calls itself a CloudFormation template. */
function templates(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : templates(path);
    const named = YAML.includes(extname(entry.name));
    return named && /^\s*"?AWSTemplateFormatVersion/m.test(readFileSync(path, 'utf8')) ? [path] : [];
  });
}

/** The aliases and anchors of a YAML text, as they are written. */
function shared(text: string): string[] {
  const found: string[] = [];
  // A tag that is not resolved is only a warning here: what matters stands beside it.
  visit(parseDocument(text, { logLevel: 'silent' }), {
    Node(_, node) {
      if (isAlias(node)) found.push(`*${node.source}`);
      else if (isNode(node) && 'anchor' in node && node.anchor) found.push(`&${node.anchor}`);
    },
  });
  return found;
}

const ours = templates(ROOT).map((path) => [relative(ROOT, path), path] as const);

// CloudFormation: "YAML aliases are not allowed in CloudFormation templates".
describe('a template that is handed out has no alias and no anchor', () => {
  test('the target role’s is among them', () => {
    expect(ours.map(([name]) => name)).toContain('docs/target-role.yml');
  });

  test.each([...ours, ['the stack, as it is packaged', packaged().file] as const])('%s', (_, path) => {
    expect(shared(readFileSync(path, 'utf8'))).toEqual([]);
  });

  test('one that had them would be found', () => {
    expect(shared('a: &one !Sub x\nb: *one\nc: { <<: &two { d: 1 } }')).toEqual(['&one', '*one', '&two']);
  });
});
