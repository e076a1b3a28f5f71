import * as z from 'zod';
import { emailOf } from '../../domain/email.js';

const MOST = 10_000;
const email = z
  .string()
  .max(254)
  .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u)
  .transform(emailOf);

/** A JSON list of e-mail addresses. */
export const LIST = z.array(email).max(MOST);

/** PagerDuty's `GET /schedules/{id}/users`. */
export const USERS = z
  .object({ users: z.array(z.object({ email })).max(MOST) })
  .transform(({ users }) => users.map((user) => user.email));

/** The addresses in a JSON text, in lower case; undefined when it has another shape. */
export function addressesIn(text: string, shape: typeof LIST | typeof USERS): Set<string> | undefined {
  try {
    const { data } = shape.safeParse(JSON.parse(text));
    return data && new Set(data);
  } catch {
    return undefined;
  }
}
