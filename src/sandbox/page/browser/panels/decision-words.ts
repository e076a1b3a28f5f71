import type { JsonObject } from '../../../../domain/entitlement.js';

/** One line of the decision log, for people. */
export interface Decision {
  /** Milliseconds; NaN where the line says none. */
  at: number;
  /** Who may do what? */
  question: string;
  outcome: string;
  /** Whether it let them go on. */
  granted: boolean;
  chain?: string;
  policies: string[];
  errors: string[];
  bundle: string;
  /** What it was told, besides who asks for what. */
  inputs: [name: string, value: string][];
}

/** Shown in places of their own, or of no interest to people. */
const SHOWN = ['action', 'who', 'at', 'outcome', 'chain', 'policies', 'errors', 'bundle'];
const LOGS = ['level', 'time', 'pid', 'hostname', 'msg', 'ms', 'name'];

export function decisionOf(line: JsonObject): Decision {
  const [action, outcome, chain] = [text(line['action']), text(line['outcome']), text(line['chain'])];
  const named = ['entitlement', 'duration', 'stage', 'requester'].filter((name) => line[name] !== undefined);
  return {
    at: Date.parse(text(line['at'])),
    question: questionOf(action, line),
    outcome,
    granted: ['auto', 'needs-approval', 'allowed'].includes(outcome),
    ...(chain !== '' && { chain }),
    policies: texts(line['policies']),
    errors: texts(line['errors']),
    bundle: text(line['bundle']),
    inputs: Object.entries(line)
      .filter(([name]) => ![...SHOWN, ...LOGS, ...named].includes(name))
      .map(([name, value]) => [name, Array.isArray(value) ? texts(value).join(', ') || 'none' : text(value)]),
  };
}

function questionOf(action: string, line: JsonObject): string {
  const who = text(line['who']);
  const what = `${text(line['entitlement'])} for ${text(line['duration'])}`;
  if (action === 'request') return `May ${who} ask for ${what}?`;
  const whose = `${text(line['requester'])}’s request for ${what}`;
  if (action === 'approve') return `May ${who} approve ${whose}, as ${text(line['stage'])}?`;
  return `May ${who} ${action === 'audit' ? 'read' : action} ${whose}?`;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function texts(value: unknown): string[] {
  return [value]
    .flat()
    .map(text)
    .filter((one) => one !== '');
}
