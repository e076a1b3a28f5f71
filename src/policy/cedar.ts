import { setFlagsFromString } from 'node:v8';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';

// The V8 of Node 20 (20.20.2) has aborted this process under load, in `Deoptimizer::DoComputeBuiltinContinuation`; that it
// is the inlined calls into WebAssembly which it cannot take back is likely, not proven. Without them it did not happen.
if (process.version.startsWith('v20.')) setFlagsFromString('--no-turbo-inline-js-wasm-calls');

export { cedar };

/** What Cedar decides by. */
export interface Compiled {
  schema: string;
  /** By `@id`. */
  policies: Record<string, string>;
}
export type Call = Omit<
  cedar.StatefulAuthorizationCall,
  'preparsedPolicySetId' | 'preparsedSchemaName' | 'validateRequest'
>;

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
    // By name: under some test runners and bundlers the class is another realm's.
    if (error instanceof Error && (error.name === 'RangeError' || error.name === 'RuntimeError')) {
      trap = `Cedar has trapped (${error.name}: ${error.message}) and decides nothing any more; restart the process`;
      throw new Error(trap, { cause: error });
    }
    throw error;
  }
}

/**
 * Cedar keeps what it has parsed by name and never forgets it, so the names are few and are used again. A bundle whose
 * place was given away is parsed once more when it next decides: any number of bundles can live at once.
 */
const PLACES = 4;
const places: (Compiled | undefined)[] = [];
let nextPlace = 0;

/** Throws when Cedar cannot answer. */
export function decide(compiled: Compiled, call: Call): cedar.AuthorizationAnswer {
  const name = placeOf(compiled);
  return guarded(() =>
    cedar.statefulIsAuthorized({
      ...call,
      preparsedPolicySetId: name,
      // Without it Cedar would decide without a schema, and say nothing.
      preparsedSchemaName: name,
      validateRequest: true,
    }),
  );
}

function placeOf(compiled: Compiled): string {
  let place = places.indexOf(compiled);
  if (place === -1) {
    place = nextPlace;
    nextPlace = (nextPlace + 1) % PLACES;
    places[place] = undefined;
    must(guarded(() => cedar.preparseSchema(nameOf(place), compiled.schema)));
    must(guarded(() => cedar.preparsePolicySet(nameOf(place), { staticPolicies: compiled.policies })));
    places[place] = compiled;
  }
  return nameOf(place);
}

const nameOf = (place: number) => `jit-${place}`;

function must(answer: cedar.CheckParseAnswer): void {
  if (answer.type !== 'success') throw new Error(answer.errors.map(sentence).join('; '));
}

/** Cedar's error as one line, with its own hint. */
export function sentence({ message, help, sourceLocations }: cedar.DetailedError): string {
  const text = message
    .replace(/^for policy `.*?`, /, '')
    .replace(/^(?:failed to parse \w+ from string: |error parsing schema: )+/, '');
  const hint = help?.replace(/^for policy `.*?`, /, '') ?? sourceLocations?.[0]?.label;
  return hint ? `${text}; ${hint}` : text;
}
