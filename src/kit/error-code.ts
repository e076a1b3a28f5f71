import { isObject } from '../domain/is-object.js';

const CODE = /^[A-Za-z][\w.:-]{0,99}$/;

/**
 * What an error calls itself: its code, else its name, else `Unknown`. Never its message, nor what a client hangs on it:
 * there may be a secret in either (invariant 9). Asks for no class: an error of another realm has another `Error`.
 */
export function codeOf(error: unknown): string {
  const { code, name } = isObject(error) ? error : {};
  const isCode = (one: unknown): one is string => typeof one === 'string' && CODE.test(one);
  return [code, name].find(isCode) ?? 'Unknown';
}
