import type { Logger } from 'pino';
import type { Instant, Millis } from '../domain/entitlement.js';
import type { AwsOptions } from '../grants/aws/client.js';
import type { ChannelPace } from '../slack/wire/channel-pace.js';
import type { Store } from '../store/change.js';
import type { ChangeFeed } from '../store/changes.js';

/** What time is told by: the system's own timers, or a clock that can be moved. */
export interface Timers {
  after(ms: Millis, run: () => void): unknown;
  cancel(timer: unknown): void;
}

/** The record, and what tells of its changes. */
export interface RecordAndFeed {
  store: Store;
  feed: ChangeFeed;
}

export interface LogAndClock {
  log: Logger;
  now: () => Instant;
}

/** What the program is put into. What is absent is the real thing; tests and the sandbox put something else there. */
export interface Outside extends LogAndClock {
  /** Ends this process when only a new one can go on; its supervisor starts another. Called once. */
  end: () => void;
  timers?: Timers;
  /** In the place of the table that the configuration names: outlives the program where something else keeps it. */
  record?: RecordAndFeed;
  /** What the SDK is told of IAM and STS; without it, its own environment variables and files hold. */
  aws?: AwsOptions;
  /** How far apart two looks at the policy folder are that must find the same; default: a second. */
  apart?: Millis;
  /** How fast messages go to one channel; default: as Slack takes them, in real time. */
  pace?: ChannelPace;
}
