import { setFlagsFromString } from 'node:v8';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { parsed } from './parse-cache.js';
import type { Call } from './entities.js';
import type { Slice } from './slices.js';

// The V8 of Node 20 (20.20.2) has aborted this process under load, in `Deoptimizer::DoComputeBuiltinContinuation`; that it
// is the inlined calls into WebAssembly which it cannot take back is likely, not proven. Without them it did not happen.
if (process.version.startsWith('v20.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

export { cedar };

/** What Cedar decides by. */
export interface Compiled {
  schema: string;
  /** By `@id`. */
  policies: Record<string, string>;
  /** Finds the only ones that matter to a question; only where each text is known to be one policy. Absent: all do. */
  slice?: (call: Call) => Slice;
}

let trap: string | undefined;

/** Why Cedar can decide nothing any more in this process; undefined while it can. */
export const trapped = (): string | undefined => trap;

/**
 * Every call into Cedar goes through here. After a trap (its stack ran over) the module's memory is in disorder, and
 * there is one module in a process: nothing that it says from then on may be believed, so every call throws.
 */
export function guarded<T>(call: () => T): T {
  if (trap !== undefined) throw new Error(trap);
  try {
    return call();
  } catch (error) {
    // By name: `instanceof` fails where the error comes from another JavaScript realm.
    if (error instanceof Error && (error.name === 'RangeError' || error.name === 'RuntimeError')) {
      trap = `Cedar has trapped (${error.name}: ${error.message}) and decides nothing any more; restart the process`;
      throw new Error(trap, { cause: error });
    }
    throw error;
  }
}

/** Of all bundles together; a parsed policy takes some 4 KB. */
const POLICIES_HELD = 20_000;
const SCHEMAS_HELD = 4;

const schemas = parsed('jit-schema', SCHEMAS_HELD, () => undefined);
const sets = parsed('jit', POLICIES_HELD, (name) => preparse(name, {}));

const numbers = new WeakMap<Compiled, number>();
let bundles = 0;

/** Throws when Cedar cannot answer. */
export function decide(compiled: Compiled, call: Call): cedar.AuthorizationAnswer {
  const slice = compiled.slice?.(call);
  let ids: string[] | undefined;
  const idsOf = () => (ids ??= slice ? slice.ids() : Object.keys(compiled.policies));
  const preparsedSchemaName = schemas(compiled.schema, () => ({
    size: 1,
    parse: (name) => must(guarded(() => cedar.preparseSchema(name, compiled.schema))),
  }));
  const preparsedPolicySetId = sets(`${numberOf(compiled)}: ${slice?.key ?? 'all'}`, () => ({
    // An empty one takes a name, too.
    size: idsOf().length + 1,
    parse: (name) => preparse(name, policySet(compiled, idsOf(), slice !== undefined)),
  }));
  // Without the schema Cedar would decide all the same, and say nothing.
  const by = { preparsedPolicySetId, preparsedSchemaName, validateRequest: true };
  const answer = guarded(() => cedar.statefulIsAuthorized({ ...call, ...by }));
  return answer.type === 'success' ? { ...answer, response: named(answer.response, idsOf) } : answer;
}

/**
 * One text of several policies is parsed three times as fast as one by one, and Cedar numbers them. Two policies in
 * what ought to be one would shift the numbers, so texts that were not taken apart go one by one.
 */
function policySet({ policies }: Compiled, ids: string[], together: boolean): cedar.StaticPolicySet {
  const texts = ids.map((id) => policies[id]!);
  return together ? texts.join('\n') : Object.fromEntries(texts.map((text, n) => [`policy${n}`, text]));
}

/** The answer with the policies' own ids for Cedar's numbers. */
function named(response: cedar.Response, idsOf: () => string[]): cedar.Response {
  const { reason, errors } = response.diagnostics;
  if (reason.length === 0 && errors.length === 0) return response;
  const ids = idsOf();
  const idOf = (numbered: string): string => {
    const id = ids[Number(numbered.slice('policy'.length))];
    if (id === undefined) throw new Error(`Cedar names a policy that it was not given: ${numbered}`);
    return id;
  };
  const renamed = errors.map(({ policyId, error }) => ({ policyId: idOf(policyId), error }));
  return { ...response, diagnostics: { reason: reason.map(idOf), errors: renamed } };
}

function numberOf(compiled: Compiled): number {
  const number = numbers.get(compiled) ?? (bundles += 1);
  numbers.set(compiled, number);
  return number;
}

function preparse(name: string, staticPolicies: cedar.StaticPolicySet): void {
  must(guarded(() => cedar.preparsePolicySet(name, { staticPolicies })));
}

/** Throws what Cedar says is wrong. */
export function must<T extends { type: 'success' }>(
  answer: T | { type: 'failure'; errors: cedar.DetailedError[] },
): T {
  if (answer.type === 'failure') throw new Error(answer.errors.map(sentence).join('; '));
  return answer;
}

/** Cedar's error as one line, with its own hint. */
export function sentence({ message, help, sourceLocations }: cedar.DetailedError): string {
  const text = message
    .replace(/^for policy `.*?`, /, '')
    .replace(/^(?:failed to parse \w+ from string: |error parsing schema: )+/, '');
  const hint = help?.replace(/^for policy `.*?`, /, '') ?? sourceLocations?.[0]?.label;
  return hint ? `${text}; ${hint}` : text;
}
