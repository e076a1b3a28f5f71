import type { DirectoryConfig } from '../../domain/directory.js';
import type { News } from '../../domain/request/effects.js';
import type { GrantKind } from '../../ports/access.js';
import type { RequestView } from '../../ports/messages.js';
import type { Message } from './blocks.js';
import { living } from './living.js';

/** What the requester hears: each shows the request as it is now, however late the message goes out. */
export const NEWS: Record<
  News,
  (view: RequestView, directory: DirectoryConfig, kinds: readonly GrantKind[]) => Message
> = {
  sent: living,
  shortened: living,
  question: living,
  decided: living,
  active: living,
  'ending-soon': living,
  ended: living,
};
