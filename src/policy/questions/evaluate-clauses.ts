import type { Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { isExact, type Call } from '../cedar/entities.js';
import { ask, textOf, type Truth } from './probe.js';
import { valuesRead } from './values.js';

/** A clause of a policy, as small as can be, and what Cedar made of it. */
export interface Clause {
  /** `context.hour < 18` */
  text: string;
  was: Truth;
  /** What it read: `hour is 19`. */
  values: string[];
}

const TOO_LARGE: Truth = { error: 'it has a number above 2^53, which only Cedar itself can read' };

interface Node {
  expr: Expr;
  op: '&&' | '||' | '!' | 'leaf';
  parts: Node[];
}

/**
 * The smallest clauses because of which each expression is what it is; the values of all parts are Cedar's own.
 * @returns for each expression what it was, and because of what
 */
export function because(
  schema: string,
  call: Call,
  exprs: readonly Expr[],
): { was: Truth; clauses: Clause[] }[] {
  const roots = exprs.map(nodeOf);
  const nodes = roots.flatMap(all).filter(({ expr }) => isExact(expr));
  const truths = ask(
    schema,
    call,
    nodes.map(({ expr }) => ({ when: expr })),
  );
  const truth = new Map(nodes.map((node, n) => [node, truths[n]!]));
  const was = (node: Node): Truth => truth.get(node) ?? TOO_LARGE;
  const leaves = (node: Node): Node[] => {
    if (node.op === 'leaf') return [node];
    const same = node.op === '!' ? [] : node.parts.filter((part) => isSame(was(part), was(node)));
    // What stands after a false operand of && may well err alone: it does not matter, and is not shown.
    return (same.length > 0 ? same : node.parts).flatMap(leaves);
  };
  return roots.map((root) => ({
    was: was(root),
    clauses: leaves(root).map((leaf) => ({
      text: isExact(leaf.expr) ? textOf(leaf.expr) : 'one of its clauses',
      was: was(leaf),
      values: valuesRead(leaf.expr, call),
    })),
  }));
}

/** The smallest clauses of an expression: what is left when `&&`, `||` and `!` are taken apart. */
export function leavesOf(expr: Expr): Expr[] {
  const nodes = all(nodeOf(expr));
  return nodes.filter(({ op }) => op === 'leaf').map((leaf) => leaf.expr);
}

const isSame = (a: Truth, b: Truth) => (typeof a === 'object' ? typeof b === 'object' : a === b);

function nodeOf(expr: Expr): Node {
  if ('&&' in expr && !Array.isArray(expr['&&']))
    return joined(expr, '&&', [expr['&&'].left, expr['&&'].right]);
  if ('||' in expr && !Array.isArray(expr['||']))
    return joined(expr, '||', [expr['||'].left, expr['||'].right]);
  if ('!' in expr && !Array.isArray(expr['!'])) return joined(expr, '!', [expr['!'].arg]);
  return { expr, op: 'leaf', parts: [] };
}

/** `(a && b) && c` has three parts. */
function joined(expr: Expr, op: '&&' | '||' | '!', operands: Expr[]): Node {
  const parts = operands.map(nodeOf);
  return {
    expr,
    op,
    parts: op === '!' ? parts : parts.flatMap((part) => (part.op === op ? part.parts : [part])),
  };
}

const all = (node: Node): Node[] => [node, ...node.parts.flatMap(all)];
