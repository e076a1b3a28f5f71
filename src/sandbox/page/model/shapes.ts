import { isIP } from 'node:net';
import * as z from 'zod';
import { TROUBLES, type Act, type MakeTrouble, type MoveClock, type SwitchBot, type TryIt } from './model.js';

const DAY = 86_400_000;

const id = z.string().min(1).max(100);
/** Slack takes nothing longer anywhere. */
const text = z.string().max(4_000);
const entered = z.union([text, z.array(text).max(100), z.null()]);
const values = z.record(id, entered);
const as = { as: id };
const button = { action: id, value: z.exactOptional(text) };

export const act: z.ZodType<Act> = z.discriminatedUnion('do', [
  z.strictObject({ ...as, do: z.literal('command'), line: text, channel: z.exactOptional(id) }),
  z.strictObject({ ...as, do: z.literal('click'), channel: id, ts: id, ...button }),
  z.strictObject({ ...as, do: z.literal('click-modal'), modal: id, ...button }),
  z.strictObject({ ...as, do: z.literal('choose'), modal: id, block: id, value: entered }),
  z.strictObject({ ...as, do: z.literal('fill'), modal: id, values }),
  z.strictObject({ ...as, do: z.literal('submit'), modal: id, values }),
  z.strictObject({ ...as, do: z.literal('suggest'), modal: id, block: id, query: text }),
  z.strictObject({ ...as, do: z.literal('close'), modal: id }),
  z.strictObject({ ...as, do: z.literal('open-home') }),
  z.strictObject({ ...as, do: z.literal('click-home'), ...button }),
  z.strictObject({ ...as, do: z.literal('shortcut') }),
  z.strictObject({ ...as, do: z.literal('message-shortcut'), channel: id, ts: id }),
]);

export const tryIt: z.ZodType<TryIt> = z.strictObject({
  ...as,
  action: z
    .string()
    .max(200)
    .regex(/^[\w-]+:\w+$/, 'write it as service:Action, such as s3:GetObject'),
  resource: z
    .string()
    .max(2_048)
    .regex(/^(?:\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+)$/s, 'write an ARN, or * for any'),
  region: z.exactOptional(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'write a region, such as eu-west-1')),
  sourceIp: z.exactOptional(z.string().refine((text) => isIP(text) !== 0, 'write an IP address')),
  mfa: z.exactOptional(z.boolean()),
});

const BY = 'milliseconds, more than 0 and at most 7 days';

export const moveClock: z.ZodType<MoveClock> = z.union(
  [
    z.strictObject({
      by: z
        .number()
        .positive(BY)
        .max(7 * DAY, BY),
    }),
    z.strictObject({ to: z.enum(['now', 'next']) }),
    z.strictObject({ rate: z.literal([1, 60]) }),
  ],
  { error: `send one of: by (${BY}), to ("now" or "next"), rate (1 or 60)` },
);

export const switchBot: z.ZodType<SwitchBot> = z.strictObject({ running: z.boolean() });
export const makeTrouble: z.ZodType<MakeTrouble> = z.strictObject({ trouble: z.enum(TROUBLES) });

/** Reads JSON of this shape. @returns the value, or a sentence that says what is wrong */
export function read<T>(shape: z.ZodType<T>, json: string): { value: T } | { wrong: string } {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    return { wrong: 'What was sent is not JSON.' };
  }
  const { success, data, error } = shape.safeParse(given);
  if (success) return { value: data };
  const problems = error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  );
  return { wrong: `What was sent is not what the sandbox expects: ${problems.join('; ')}.`.slice(0, 1_000) };
}
