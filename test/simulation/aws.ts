import type { AwsOptions } from '../../src/grants/aws/client.js';
import { connectAws, type Aws } from '../../src/grants/index.js';
import { iam } from '../../src/sandbox/aws/iam.js';
import { sts } from '../../src/sandbox/aws/sts.js';
import { addRole, addUser, arnOf, callerOf, emptyWorld } from '../../src/sandbox/aws/world.js';
import { answerXml, awsError, errorXml, isAwsError, type Service } from '../../src/sandbox/aws/xml.js';
import type { PolicyDocument } from '../../src/sandbox/aws/index.js';
import { OTHER, OWN, REQUESTERS, type Company } from './company.js';
import type { Patience, Process, Scheduler } from './scheduler.js';

interface HttpRequest {
  body: string;
  headers: Record<string, string>;
}

/** As the SDK's own handler is set up: 4 s for an answer; the call may land when nobody waits any more. */
const NETWORK: Patience = {
  timeout: 4_000,
  lag: 6_000,
  again: 10_000,
  fault: (what) => Object.assign(new Error(what), { name: 'TimeoutError', code: 'ECONNRESET' }),
};
const policy = (Action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*' },
});
/** Somebody else's, though its name looks like ours. */
export const FOREIGN = 'jit-legacy';

export type Cloud = ReturnType<typeof cloud>;

/** The double of IAM and STS, behind the real SDK, without a socket between them. */
export function cloud(
  time: Scheduler,
  watch: {
    /** A call begins that takes something of this request's away. */
    asks: (id: string) => void;
    landed: (action: string, params: URLSearchParams, by: Process) => void;
  },
  /** Whether sessions may make keys of themselves. */
  scopes: boolean,
) {
  const world = emptyWorld(time.now);
  const bot = addUser(world, { account: OWN, name: 'jit', inline: { all: policy('*') } });
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: bot.arn },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    },
  };
  const orders = { work: policy('s3:*'), ...(scopes && { keys: policy('sts:GetScopedCredentials') }) };
  addRole(world, { account: OWN, name: 'Orders', path: '/jit/', trust, inline: orders });
  addRole(world, { account: OTHER, name: 'Manage', path: '/jit/', trust, inline: { all: policy('iam:*') } });
  for (const account of [OWN, OTHER]) {
    for (const name of REQUESTERS)
      addUser(world, { account, name, inline: { [FOREIGN]: policy('sqs:ListQueues') } });
  }
  const refusing = { until: 0 };

  function answer({ body, headers }: HttpRequest, by: Process) {
    const params = new URLSearchParams(body);
    const action = params.get('Action') ?? '';
    const [, key = '', scope] =
      /Credential=([^/]+)\/\d+\/[^/]+\/(\w+)\//.exec(headers['authorization'] ?? '') ?? [];
    const service: Service = scope === 'sts' ? 'sts' : 'iam';
    const caller = callerOf(world, key);
    const writes = /^(Put|Delete|AssumeRole|GetScopedCredentials)/.test(action);
    const result =
      !caller || caller === 'expired'
        ? awsError('InvalidClientTokenId', 'no such key')
        : writes && time.now() < refusing.until
          ? awsError('AccessDenied', `${arnOf(caller)} may not do that today`)
          : service === 'sts'
            ? sts(world, caller, action, params)
            : iam(world, caller, action, params);
    const refused = typeof result === 'object' && isAwsError(result) ? result : undefined;
    if (writes && !refused) watch.landed(action, params, by);
    const xml = refused ? errorXml(service, 'r', refused) : answerXml(service, action, 'r', result as never);
    return {
      response: {
        statusCode: refused?.status ?? 200,
        headers: { date: new Date(time.now()).toUTCString(), 'content-type': 'text/xml' },
        body: Buffer.from(xml),
      },
    };
  }

  return {
    world,
    /** For a while every write is refused for good, as if somebody had taken jit's rights away. */
    refuseUntil: (at: number) => void (refusing.until = at),
    refusedUntil: () => refusing.until,
    connect(process: Process, accounts: Company['bundle']): Aws {
      const options: AwsOptions & { region: string; requestHandler: object } = {
        endpoint: 'http://aws.internal',
        region: 'us-east-1',
        credentials: bot.keys,
        maxAttempts: 3,
        requestHandler: {
          metadata: { handlerProtocol: 'http/1.1' },
          destroy: () => undefined,
          handle: (request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
            const taken = /^(?=.*Action=(?:DeleteUser|PutRole)Policy).*PolicyName=jit-(?:revoke-)?(\w+)/s;
            const [, id] = taken.exec(request.body) ?? [];
            if (id) watch.asks(id);
            return time.call(process, NETWORK, () => answer(request, process), abortSignal);
          },
        },
      };
      return connectAws({
        accounts: () => accounts().directory.accounts,
        now: () => time.now() + process.skew,
        options,
      });
    },
  };
}
