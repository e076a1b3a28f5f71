import type { Config, Secret } from '../../config.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import type { AwsOptions } from '../../grants/aws/client.js';
import type { PolicySource } from '../../policy/live/source.js';
import type { SourceUser } from '../../ports/people.js';
import type { Bundle } from '../../ports/policy.js';
import type { Step } from './step.js';

/** Slack's error name, or ours: `no_answer`, `ratelimited`, `http_502`. */
export type SlackRefusal = { error: string };

/** What a token is, as Slack says. */
export interface TokenFacts {
  /** The workspace, or of an app that is installed for a whole organisation whatever Slack names in its place. */
  team: string;
  /** Installed for a whole organisation. */
  orgWide?: true;
  /** Absent: the token is not a bot's. */
  botId?: string;
  /** The bot as a user. */
  userId?: string;
  /** What the token was granted; absent where Slack did not say. */
  scopes?: string[];
}

export interface UsergroupFacts {
  id: string;
  handle: string;
  enabled: boolean;
  /** How many are in it. */
  members: number;
  /** Their ids, as far as Slack gives them. */
  ids: string[];
}

/** A person; undefined: Slack knows no person by that. */
export type PersonLookup = { user: SourceUser } | undefined | SlackRefusal;
/** How the bot stands to a channel. */
export type ChannelStanding = 'member' | 'outside' | 'archived' | SlackRefusal;

/** What the doctor asks Slack with one token. Nothing that anybody sees is changed. */
export interface SlackInspection {
  token(): Promise<TokenFacts | SlackRefusal>;
  channel(id: string): Promise<ChannelStanding>;
  /** Whether the app has a Home tab. */
  homeTab(botUserId: string): Promise<'there' | 'missing' | SlackRefusal>;
  /** Whether the bot may open direct messages to this account; it opens none. */
  direct(slackId: string): Promise<'possible' | SlackRefusal>;
  /** All of the workspace, the disabled ones too. */
  usergroups(team: string): Promise<{ groups: UsergroupFacts[] } | SlackRefusal>;
  personByEmail(team: string, email: string): Promise<PersonLookup>;
  personById(team: string, slackId: string): Promise<PersonLookup>;
}

/** What came back from an address, or why nothing did. */
export type EndpointAnswer = { status: number; challenge: string | undefined } | { error: string };

/** What the doctor looks through, besides AWS. It is put together in run/: here nothing knows Slack or S3. */
export interface DoctorOutside {
  /** The text of a secret, from the environment or from SSM. @throws where it cannot be read */
  reveal(secret: Secret): Promise<string>;
  slack(connection: { token: string; apiUrl: string }): SlackInspection;
  /** The channels that the policy folder names, with where it does. */
  channelsOf(bundle: Bundle): Map<string, string[]>;
  /** The policies in S3, to be read once. */
  policyObject(
    name: NonNullable<Config['policyObject']>,
    how: { owner: string | undefined; limit: Millis },
  ): Pick<PolicySource, 'name' | 'read'>;
  /** Sends what Slack sends to make sure of an address: signed, and with no effect. */
  challenge(
    url: string,
    signed: { secret: string; word: string; now: Instant; limit: Millis },
  ): Promise<EndpointAnswer>;
  /** Whether jit itself listens at this origin. */
  answersHealth(origin: string, limit: Millis): Promise<boolean>;
  now: () => Instant;
}

export interface ExamineOptions {
  /** Where Slack calls: `https://…/slack/events`. */
  url?: string;
  env?: NodeJS.ProcessEnv;
  /** The name of one step: it and what it needs are looked at, and it alone is told. */
  only?: string;
  /** What the SDK is told of IAM and STS, in the place of its own environment. */
  aws?: AwsOptions;
}

/** The steps come in order, each as soon as it is known. */
export type Examine = (options: ExamineOptions) => AsyncIterable<Step>;
