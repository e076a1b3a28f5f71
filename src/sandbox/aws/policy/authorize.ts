import { readDocument, type PolicyDocument } from './documents.js';
import { evaluate, type Layers, type NamedPolicy, type IamRuling } from './evaluate.js';
import type { CallContext } from './match.js';
import { arnOf, callerOf, type AwsCaller, type World } from '../world.js';

/** A call to be judged, by whoever holds this access key, or by this user or role itself. */
export type CallQuestion = ({ accessKeyId: string } | { principalArn: string }) & {
  action: string;
  /** An ARN (`*`). */
  resource?: string;
  /** Overrides what AWS itself would know of the call: address, region, time. */
  context?: CallContext;
};

/** Would AWS allow this call at this moment, by what was really put and passed? */
export function authorize(world: World, question: CallQuestion): IamRuling {
  const caller = whose(world, question);
  if (typeof caller === 'string') return { allowed: false, why: caller, explicit: false };
  return judge(world, caller, question.action, question.resource ?? '*', question.context ?? {});
}

export function judge(
  world: World,
  caller: AwsCaller,
  action: string,
  resource: string,
  context: CallContext,
): IamRuling {
  return evaluate(
    { action, resource, context: { ...contextOf(world, caller), ...context } },
    layersOf(world, caller),
  );
}

/** The keys that AWS knows of every call of this caller's. */
export function contextOf(world: World, { identity, session }: AwsCaller): CallContext {
  const now = world.now();
  const context: CallContext = {
    'aws:CurrentTime': iso(now),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:PrincipalArn': identity.arn,
    'aws:PrincipalAccount': identity.account,
    'aws:PrincipalType': session ? 'AssumedRole' : 'User',
    'aws:userid': session ? `${identity.id}:${session.name}` : identity.id,
  };
  if (identity.type === 'user') context['aws:username'] = identity.name;
  // A session tag takes the place of the role's tag of that name.
  for (const [key, value] of Object.entries({ ...identity.tags, ...session?.tags })) {
    context[`aws:PrincipalTag/${key}`] = value;
  }
  if (session) context['aws:TokenIssueTime'] = iso(session.issuedAt);
  if (session?.sourceIdentity !== undefined) context['aws:SourceIdentity'] = session.sourceIdentity;
  return context;
}

export function layersOf(world: World, { identity, session }: AwsCaller): Layers {
  const inline = [...identity.inline].map(([name, text]) =>
    named(`inline policy ${name} on ${identity.arn}`, text),
  );
  const attached = identity.attached.map((arn) => named(`managed policy ${arn}`, world.managed.get(arn)));
  return {
    identity: [...inline, ...attached],
    ...(identity.boundary !== undefined && {
      boundary: [named(`permissions boundary ${identity.boundary}`, world.managed.get(identity.boundary))],
    }),
    ...(session?.policies && { session: session.policies.map(({ name, text }) => named(name, text)) }),
    ...(session?.scopes && { scopes: session.scopes.map(({ name, text }) => named(name, text)) }),
  };
}

function whose(world: World, question: CallQuestion): AwsCaller | string {
  if ('accessKeyId' in question) return holderOf(world, question.accessKeyId);
  const identity = world.identities.get(question.principalArn);
  if (identity) return { identity };
  const session = [...world.sessions.values()].find((one) => one.arn === question.principalArn);
  return session ? holderOf(world, session.keys.accessKeyId) : 'no such principal';
}

function holderOf(world: World, accessKeyId: string): AwsCaller | string {
  const caller = callerOf(world, accessKeyId);
  if (caller === 'expired') return 'the session has expired';
  return caller ?? 'no such access key';
}

/** Whom a policy would call by name: the role, or the very session. */
export function namesOf(caller: AwsCaller): string[] {
  return [caller.identity.arn, arnOf(caller)];
}

function named(name: string, text: string | undefined): NamedPolicy {
  const document = text === undefined ? 'gone' : readDocument(text, 'identity');
  return { name, document: typeof document === 'string' ? UNREADABLE : document };
}

const UNREADABLE: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action: '*', Resource: '*' },
};

export function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
