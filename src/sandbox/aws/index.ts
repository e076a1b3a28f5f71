import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../domain/entitlement.js';
import { authorize, type CallQuestion } from './policy/authorize.js';
import type { PolicyDocument } from './policy/documents.js';
import type { IamRuling } from './policy/evaluate.js';
import { faults, type CallFault } from './faults.js';
import { federation } from './federation.js';
import { iam } from './iam.js';
import { principalsOf, sessionsOf, type PrincipalRecord, type SessionRecord } from './listing.js';
import { sts } from './sts.js';
import {
  addManagedPolicy,
  addRole,
  addUser,
  arnOf,
  callerOf,
  emptyWorld,
  type AwsCaller,
  type Keys,
  type ManagedPolicySpec,
  type RoleSpec,
  type UserSpec,
  type World,
} from './world.js';
import { answerXml, awsError, errorXml, isAwsError, type AwsError, type Service, type Xml } from './xml.js';

export type { PolicyDocument } from './policy/documents.js';
export type { CallContext } from './policy/match.js';

/** One call as it was received. */
export interface AwsCall {
  at: Instant;
  service: Service;
  action: string;
  params: Record<string, string>;
  accessKeyId: string;
  /** ARN; absent where the key is nobody's. */
  caller?: string;
  /** AWS's error code, where there was one. */
  error?: string;
}

/** IAM, STS and the sign-in endpoint of several accounts, over HTTP. */
export interface Cloud {
  /** `http://127.0.0.1:…`: the endpoint of IAM and of STS. */
  url: string;
  /** `JIT_SIGNIN_URL`. */
  signinUrl: string;
  close(): Promise<void>;
  addUser(spec: UserSpec): { arn: string; keys: Keys };
  /** @returns its ARN */
  addRole(spec: RoleSpec): string;
  /** @returns its ARN */
  addManagedPolicy(spec: ManagedPolicySpec): string;
  /** Deletes a user or a role, with all that hangs on it. */
  remove(arn: string): void;
  /** The inline policies of a user or role, by name. */
  inline(arn: string): Record<string, PolicyDocument>;
  /** All users and roles with their inline policies, as they are now. */
  principals(): PrincipalRecord[];
  /** The sessions that have not expired, without their secrets. */
  sessions(): SessionRecord[];
  /** Makes the next `times` (1) calls of `action` go wrong. */
  fault(action: string, fault: CallFault, times?: number): void;
  clearFaults(): void;
  /** Would AWS allow this call now? */
  authorize(question: CallQuestion): IamRuling;
  calls: AwsCall[];
  /** @returns how to stop listening. Called after each change of IAM and each new session. */
  onChange(listener: () => void): () => void;
}

/** @param options.now the time that AWS lives by: sessions, conditions and the `Date` header follow it */
export async function startCloud(options: { now: () => Instant; port?: number }): Promise<Cloud> {
  const world = emptyWorld(options.now);
  const waiting = faults();
  const calls: AwsCall[] = [];
  const listeners = new Set<() => void>();
  const changed = <T>(result: T): T => {
    for (const listener of listeners) listener();
    return result;
  };
  const handle = handler({ world, waiting, calls, changed: () => changed<undefined>(undefined) });

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    signinUrl: `${url}/federation`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    addUser: (spec) => changed(addUser(world, spec)),
    addRole: (spec) => changed(addRole(world, spec)),
    addManagedPolicy: (spec) => changed(addManagedPolicy(world, spec)),
    remove: (arn) => void changed(world.identities.delete(arn)),
    inline: (arn) =>
      Object.fromEntries(
        [...(world.identities.get(arn)?.inline ?? [])].map(([name, text]) => [
          name,
          JSON.parse(text) as PolicyDocument,
        ]),
      ),
    principals: () => principalsOf(world),
    sessions: () => sessionsOf(world),
    fault: (action, fault, times) => waiting.add(action, fault, times),
    clearFaults: () => waiting.clear(),
    authorize: (question) => authorize(world, question),
    calls,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Answers one HTTP request as IAM, STS or the sign-in endpoint. */
function handler(of: {
  world: World;
  waiting: ReturnType<typeof faults>;
  calls: AwsCall[];
  changed: () => void;
}) {
  const { world, waiting, calls, changed } = of;
  const signin = federation(world);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://aws');
    const params = new URLSearchParams(await textOf(request));
    response.setHeader('Date', new Date(world.now()).toUTCString());
    if (url.pathname === '/federation') {
      if (waiting.take('federation')) return void response.writeHead(500).end();
      const page = signin(url.searchParams);
      return void response.writeHead(page.status, { 'Content-Type': page.type }).end(page.body);
    }

    const [, accessKeyId = '', scope = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/(\w+)\//.exec(request.headers.authorization ?? '') ?? [];
    const service: Service = scope === 'sts' ? 'sts' : 'iam';
    const action = params.get('Action') ?? '';
    const who = authenticate(world, accessKeyId, request.headers['x-amz-security-token']);
    const call: AwsCall = {
      at: world.now(),
      service,
      action,
      params: Object.fromEntries(params),
      accessKeyId,
    };
    if (!isAwsError(who)) call.caller = arnOf(who);
    calls.push(call);

    const fault = waiting.take(action);
    if (typeof fault === 'object' && 'delay' in fault) await pause(fault.delay);
    const result =
      typeof fault === 'object' && 'fail' in fault
        ? failure(fault)
        : isAwsError(who)
          ? who
          : dispatch(world, who, service, action, params);
    if (WRITE.test(action) && !isRefusal(result)) changed();
    if (fault === 'drop') return void request.socket.destroy();
    send(response, service, action, result, call);
  };
}

/** The calls that change what IAM holds, or open a session. */
const WRITE = /^(?:Put|Delete|AssumeRole|GetScopedCredentials)/;

const isRefusal = (result: Xml | AwsError): result is AwsError =>
  typeof result === 'object' && isAwsError(result);

function authenticate(
  world: World,
  accessKeyId: string,
  token: string | string[] | undefined,
): AwsCaller | AwsError {
  if (accessKeyId === '') {
    return awsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const caller = callerOf(world, accessKeyId);
  if (caller === 'expired') {
    return awsError('ExpiredToken', 'The security token included in the request is expired');
  }
  if (!caller || caller.session?.keys.sessionToken !== token) {
    return awsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  return caller;
}

function dispatch(
  world: World,
  caller: AwsCaller,
  service: Service,
  action: string,
  params: URLSearchParams,
): Xml | AwsError {
  return service === 'sts' ? sts(world, caller, action, params) : iam(world, caller, action, params);
}

function failure({ fail, status, message }: { fail: string; status?: number; message?: string }): AwsError {
  const error = awsError(fail, message ?? 'This failure was asked for.');
  return { ...error, status: status ?? error.status };
}

function send(
  response: ServerResponse,
  service: Service,
  action: string,
  result: Xml | AwsError,
  call: AwsCall,
): void {
  const requestId = randomUUID();
  const refused = isRefusal(result) ? result : undefined;
  if (refused) call.error = refused.code;
  response
    .writeHead(refused?.status ?? 200, { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId })
    .end(
      refused ? errorXml(service, requestId, refused) : answerXml(service, action, requestId, result as Xml),
    );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
