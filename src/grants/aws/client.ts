import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AccountAccess, DirectoryConfig } from '../../domain/directory.js';
import type { Instant, Millis } from '../../domain/entitlement.js';
import { GrantFault } from '../../ports/access.js';
import { within } from '../../kit/deadline.js';
import { awsAgents } from '../../kit/outbound/index.js';
import { COMMERCIAL } from './documents/partitions.js';
import { attempt } from './faults.js';

/** How long an answer of AWS is waited for, and the proxy that leads there. A client that is destroyed ends its connections. */
export const patience = () => ({
  connectionTimeout: 2_000,
  requestTimeout: 4_000,
  throwOnRequestTimeout: true,
  ...awsAgents(),
});

/** IAM and STS, for one process. */
export type Aws = ReturnType<typeof connectAws>;

/** What else the SDK is told; without it, its own environment variables and files hold. */
export type AwsOptions = Pick<IAMClientConfig, 'credentials' | 'maxAttempts'> & { endpoint?: string };

/** All calls for one answer, where no caller sets a limit. */
const LIMIT: Millis = 8_000;
const SKEW_AGE: Millis = 60_000;
/** Credentials are taken anew this long before they end. */
const MARGIN: Millis = 5 * 60_000;

/** Where an answer is seen before an error is made of it. */
const INNERMOST = { step: 'deserialize', priority: 'low', name: 'observeClock' } as const;

// oxlint-disable-next-line max-lines-per-function -- a factory: it only returns an object of functions, each of them shorter
export function connectAws(deps: {
  /** Called each time: the policy folder may be loaded anew. Undefined while none has been loaded. */
  accounts: () => DirectoryConfig['accounts'] | undefined;
  now: () => Instant;
  options?: AwsOptions;
}) {
  const { now } = deps;
  const accounts = () => deps.accounts() ?? {};
  const configuration = {
    // IAM is global; the region only signs, and chooses the endpoint of STS.
    region: regionOr(COMMERCIAL.home),
    maxAttempts: 3,
    requestHandler: patience(),
    ...deps.options,
  };
  let clock: { skew: Millis; at: Instant } | undefined;
  const watch = async <A, R extends { response: unknown }>(
    next: (args: A) => Promise<R>,
    args: A,
  ): Promise<R> => {
    const result = await next(args);
    const date = dateOf(result.response);
    if (date !== undefined) clock = { skew: now() - date, at: now() };
    return result;
  };
  const iamClient = (credentials?: AwsOptions['credentials']): IAMClient => {
    const client = new IAMClient({ ...configuration, ...(credentials && { credentials }) });
    client.middlewareStack.add((next) => (args) => watch(next, args), INNERMOST);
    return client;
  };

  const sts = new STSClient(configuration);
  sts.middlewareStack.add((next) => (args) => watch(next, args), INNERMOST);
  const own = iamClient();
  const elsewhere = new Map<string, { client: IAMClient; until: Instant }>();
  let account: string | undefined;
  let partition: string | undefined;

  const identity = async (): Promise<string> => {
    const answer = await attempt('sts:GetCallerIdentity', () =>
      within(LIMIT, (abortSignal) => sts.send(new GetCallerIdentityCommand({}), { abortSignal })),
    );
    account = answer.Account ?? '';
    partition = answer.Arn?.split(':')[1];
    return account;
  };

  const manage = async (
    wanted: string,
    { manageRoleArn, externalId }: AccountAccess,
    abortSignal: AbortSignal,
  ): Promise<IAMClient> => {
    // A role of another account would write to users and roles of the same names over there.
    if (manageRoleArn.split(':')[4] !== wanted) {
      throw new GrantFault(
        'WrongAccount',
        `${manageRoleArn} is not in account ${wanted}. Correct directory.yml.`,
        true,
      );
    }
    const key = `${manageRoleArn} ${externalId ?? ''}`;
    const known = elsewhere.get(key);
    if (known && now() < known.until) return known.client;
    const assume = new AssumeRoleCommand({
      RoleArn: manageRoleArn,
      RoleSessionName: 'jit-manage',
      ...(externalId !== undefined && { ExternalId: externalId }),
    });
    const answer = await attempt(`sts:AssumeRole of ${manageRoleArn}`, () =>
      sts.send(assume, { abortSignal }),
    );
    const made = answer.Credentials;
    const client = iamClient({
      accessKeyId: made?.AccessKeyId ?? '',
      secretAccessKey: made?.SecretAccessKey ?? '',
      sessionToken: made?.SessionToken ?? '',
    });
    elsewhere.set(key, { client, until: (made?.Expiration?.getTime() ?? 0) - MARGIN });
    return client;
  };

  return {
    sts,
    /** STS, called with the keys of a session, over the same connections. */
    stsAs(credentials: NonNullable<AwsOptions['credentials']>): STSClient {
      const { requestHandler } = sts.config;
      const client = new STSClient({ ...configuration, credentials, requestHandler });
      client.middlewareStack.add((next) => (args) => watch(next, args), INNERMOST);
      return client;
    },
    /** The region in which jit itself works. */
    region: (): Promise<string> => sts.config.region(),
    /**
     * IAM in that account: IAM takes writes from its own account only, so elsewhere through a role there. By the way that
     * is in force now, or by the one of a grant that is to end (see `ending.ts`); where none is named, jit's own credentials.
     */
    async iam(
      wanted: string,
      signal: AbortSignal,
      by?: { access?: AccountAccess | undefined },
    ): Promise<IAMClient> {
      const role = by ? by.access : accounts()[wanted];
      if (role) return manage(wanted, role, signal);
      if ((account ?? (await identity())) === wanted) return own;
      if (!deps.accounts())
        throw new GrantFault(
          'UnknownAccounts',
          `jit does not know how to reach account ${wanted} while the policies do not load. Fix the policy folder.`,
          false,
        );
      throw new GrantFault(
        'UnknownAccount',
        `Account ${wanted} is not jit's own and has no role in directory.yml. Add it under accounts.`,
        true,
      );
    },
    /** The way into that account that is in force; undefined where there is none, or none is needed. */
    access: (wanted: string): AccountAccess | undefined => accounts()[wanted],
    /** The account of the bot's own credentials. */
    ownAccount: async (): Promise<string> => account ?? identity(),
    /** Their partition, as ARNs name it; undefined until the account is known. */
    ownPartition: (): string | undefined => partition,
    /** What roles of another account may want to hear before they trust the bot. */
    externalId: (wanted: string): string | undefined => accounts()[wanted]?.externalId,
    /** This machine's clock minus AWS's, in ms, no older than a minute; undefined when AWS cannot be asked. */
    async skew(): Promise<Millis | undefined> {
      if (clock && Math.abs(now() - clock.at) < SKEW_AGE) return clock.skew;
      clock = undefined;
      await identity().catch(() => undefined);
      return (clock as { skew: Millis } | undefined)?.skew;
    },
  };
}

/** The region that the SDK finds for itself, or this one. */
function regionOr(fallback: string): () => Promise<string> {
  let found: Promise<string> | undefined;
  // Every call of a client asks for it, and a client is dear to make.
  return () => (found ??= new STSClient({}).config.region().catch(() => fallback));
}

function dateOf(response: unknown): Instant | undefined {
  const { headers } = response as { headers?: Record<string, string> };
  const date = Date.parse(headers?.['date'] ?? '');
  return Number.isNaN(date) ? undefined : date;
}
