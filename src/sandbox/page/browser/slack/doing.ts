import type { Act, Acted } from '../../model/model.js';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What a person does, without who it is: the page knows that. */
export type Doing = Without<Act, 'as'>;
/** Does it. Never rejects: what could not be done is shown, and is a `failure`. */
export type Perform = (doing: Doing) => Promise<Acted>;
