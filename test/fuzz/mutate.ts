import type { Random } from './random.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Stands in every text that is made up here: no log line may carry it. */
export const CANARY = 'kanari-';

const PROTOTYPE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'length',
];

/** Something that does not belong where it is put. */
export function hostile(r: Random): Json {
  const canary = `${CANARY}${r.int(1e6)}`;
  const kinds: (() => Json)[] = [
    () => canary,
    () => `${canary} <!channel> <@U0ANA|ana> <https://evil.example|click> & *bold* \`code\``,
    () => `\u202e${canary}\u2066\u200f\u061c\u2069`,
    () => `\u0000${canary}\u0000\u001b[31m\r\n`,
    () => `\ud800${canary}\udfff\udbff`,
    () => `${canary}\u212a\u0130ſ\ufb03\u{e0041}\u{1f469}\u200d\u{1f4bb}`,
    () => canary.repeat(1 + r.int(r.chance(0.05) ? 60_000 : 300)),
    () => `https://${canary}.example/response`,
    () => `../../${canary}/%00`,
    () => r.pick(PROTOTYPE),
    () => r.pick(['', ' ', '0', 'null', 'undefined', '[object Object]', 'true', '-1', '9'.repeat(400)]),
    () => r.pick([0, -1, 1.5, 1e308, -0, Number.MAX_SAFE_INTEGER + 2]),
    () => r.pick([null, true, false]),
    () => r.pick<Json>([[], {}, [[]], [null], [canary], { id: canary }, { value: { value: canary } }]),
    () => Array.from({ length: r.chance(0.05) ? 10_000 : 50 }, (_, n) => ({ value: `${canary}${n}` })),
    () => deep(r, canary),
  ];
  return r.pick(kinds)();
}

function deep(r: Random, inside: Json): Json {
  let value = inside;
  const key = r.pick(['a', 'state', 'values', 'user']);
  for (let depth = r.pick([5, 100, 2500]); depth > 0; depth--)
    value = r.chance(0.5) ? [value] : { [key]: value };
  return value;
}

/** One change somewhere in it: another value, no value, another type, a part that is inherited elsewhere. */
export function mutate(r: Random, root: JsonObject): void {
  const places = placesIn(root);
  const { holder, key } = r.pick(places);
  const value = holder[key]!;
  const changes: (() => void)[] = [
    () => put(holder, key, hostile(r)),
    () => put(holder, key, hostile(r)),
    () => void (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
    () => put(holder, key, [value]),
    () => put(holder, key, { 0: value, length: 1 }),
    () => put(holder, key, isObject(value) ? Object.values(value) : JSON.stringify(value)),
    () => put(holder, key, typeof value === 'string' ? Number(value) || value.length : null),
    () => put(isObject(value) ? value : holder, r.pick(PROTOTYPE), hostile(r)),
    () => put(root, r.pick(EXTRAS), hostile(r)),
    () => put(root, 'type', r.pick(TYPES)),
  ];
  r.pick(changes)();
}

/** Names that Bolt reads and we do not. */
const EXTRAS = [
  'event',
  'command',
  'name',
  'actions',
  'authorizations',
  'response_urls',
  'function_data',
  'bot_access_token',
  'enterprise',
  'is_enterprise_install',
  'callback_id',
  'payload',
  'ssl_check',
];
const TYPES = [
  'block_actions',
  'view_submission',
  'view_closed',
  'block_suggestion',
  'shortcut',
  'message_action',
  'dialog_submission',
  'event_callback',
  'url_verification',
  'interactive_message',
];

type Holder = Json[] | JsonObject;
function placesIn(value: Json, found: { holder: JsonObject; key: string }[] = []) {
  if (typeof value !== 'object' || value === null || found.length > 400) return found;
  for (const key of Object.keys(value)) {
    const holder = value as JsonObject;
    found.push({ holder, key });
    placesIn(holder[key]!, found);
  }
  return found;
}

/** As an own member, whatever its name: `__proto__` too goes out in the JSON. */
function put(holder: Holder, key: string, value: Json): void {
  if (Array.isArray(holder) && key === 'length') return;
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
