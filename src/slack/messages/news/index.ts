import type { DirectoryConfig } from '../../../domain/directory.js';
import type { News } from '../../../domain/request/effects.js';
import type { GrantKind } from '../../../ports/access.js';
import type { RequestView } from '../../../ports/messages.js';
import { active } from './active.js';
import type { Message } from '../blocks.js';
import { decided } from './decided.js';
import { ended } from './ended.js';
import { endingSoon } from './ending-soon.js';
import { sent } from './sent.js';

/** What the requester hears: each shows the request as it is now, however late the message goes out. */
export const NEWS: Record<
  News,
  (view: RequestView, directory: DirectoryConfig, kinds: readonly GrantKind[]) => Message
> = {
  sent,
  decided,
  active,
  'ending-soon': endingSoon,
  ended,
};
