import type { AuditRecord } from '../domain/record/seal.js';
import type { JsonObject } from '../domain/entitlement.js';
import type { Grant } from '../domain/grant.js';
import type { Head } from '../domain/request/head.js';
import type { SandboxClock } from './clock.js';
import type { Cloud } from './aws/index.js';
import type { SlackDouble } from './slack/index.js';
import type { BotView, PagePerson, PoliciesView } from './page/model/model.js';

/** The sandbox, running: the real bot among doubles. What the page's server needs of it. */
export interface Playground {
  clock: SandboxClock;
  /** The real time, in milliseconds since the epoch: what the sandbox's clock may catch up with. */
  wallNow(): number;
  slack: SlackDouble;
  cloud: Cloud;
  readonly people: PagePerson[];
  timezone(): string;
  /** Channels that people of other companies are in. */
  shared: string[];
  /** The ARNs of a person's IAM users, one for each account. */
  principalsOf(userId: string): string[];
  bot: {
    state(): BotView;
    start(): Promise<void>;
    stop(): Promise<void>;
  };
  policies(): PoliciesView;
  record: {
    heads(): Promise<Head[]>;
    events(id: string): Promise<AuditRecord[]>;
    grant(id: string): Promise<Grant | undefined>;
    /** Lines of the decision log about this request, or that were made when it was asked for. */
    decisions(id: string): JsonObject[];
  };
  /** Called after every change that is not Slack's: of the clock's pace, the bot, the policies, the record, AWS. */
  onChange(listener: () => void): () => void;
}
