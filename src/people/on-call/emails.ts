import * as z from 'zod';
import { emailOf } from '../../domain/email.js';

const MOST = 10_000;
const email = z
  .string()
  .max(254)
  .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u)
  .transform(emailOf);

/** A JSON list of e-mail addresses, in lower case; undefined when it is anything else. */
export function readList(text: string): Set<string> | undefined {
  return fit(
    text,
    z
      .array(email)
      .max(MOST)
      .transform((all) => new Set(all)),
  );
}

/** PagerDuty's `GET /schedules/{id}/users`. */
export function readUsers(text: string): Set<string> | undefined {
  const users = z.object({ users: z.array(z.object({ email })).max(MOST) });
  return fit(
    text,
    users.transform((answer) => new Set(answer.users.map((user) => user.email))),
  );
}

function fit<T>(text: string, shape: z.ZodType<T>): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
