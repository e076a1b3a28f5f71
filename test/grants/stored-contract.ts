import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { JsonObject, Principal } from '../../src/domain/entitlement.js';
import type { Grant } from '../../src/domain/grant.js';
import { documentHash } from '../../src/grants/aws/documents/document.js';
import { inlinePolicy, type InlineConfig } from '../../src/grants/iam-policy/documents.js';
import { revocation, revocationOfAll } from '../../src/grants/sts-session/revocation.js';
import type { Provisioner } from '../../src/ports/access.js';
import { allowAll, grantOf, MINUTE, OTHER, pinned } from '../support/grants.js';

/** Something that speaks IAM and STS, and was not necessarily made by us. */
export interface Server {
  endpoint: string;
  kinds: Record<string, Provisioner>;
  /** IAM in the account that grants go to, by other credentials than the provisioner's. */
  iam: IAMClient;
  /** It knows `GetScopedCredentials`. */
  scopes: boolean;
  now(): number;
  make(principal: Principal): Promise<void>;
  remove(principal: Principal): Promise<void>;
  close(): Promise<void>;
}

const ONE = '01JIT0000000000000000000A1';
const TWO = '01JIT0000000000000000000B2';
const ANA: Principal = { type: 'user', name: 'ana.lopez' };
const HERS: Principal = { type: 'role', name: 'ana' };
const ADMIN: Principal = { type: 'role', name: 'OrdersDbAdmin' };
const statements = [{ Effect: 'Allow', Action: ['s3:GetObject', 'sqs:*'], Resource: '*' }];
const guardrails = {
  sourceIp: ['203.0.113.0/24', '2001:db8::/32'],
  vpcEndpoints: ['vpce-0a1b2c3d4e5f67890'],
  vpcSourceIp: ['10.0.0.0/8'],
  regions: ['eu-west-1'],
};
const handMade = JSON.stringify({ ...allowAll, Id: 'made by hand, with  two spaces' });

/** What a grant leaves in IAM and STS, read by a client of its own: the documents, and nothing but the documents. */
export function storedContract(name: string, open: () => Promise<Server>): void {
  describe(`what grants leave in ${name}`, () => {
    let server: Server;
    let policies: Provisioner;
    let sessions: Provisioner;

    beforeEach(async () => {
      server = await open();
      policies = server.kinds['iam-policy']!;
      sessions = server.kinds['sts-session']!;
      for (const principal of [ANA, HERS, ADMIN]) {
        await server.make(principal);
        await put(principal, 'handMade', handMade);
      }
    });
    afterEach(() => server.close());

    const lease = () => ({
      startsAt: server.now(),
      endsAt: Math.ceil(server.now() / 1000) * 1000 + 20 * MINUTE,
    });
    const given = (to: Principal, more: Partial<Grant> = {}, config: JsonObject = {}): Grant =>
      grantOf(pinned('iam-policy', { statements, ...config }, to), { lease: lease(), ...more });
    const opened = (more: Partial<Grant> = {}, config: JsonObject = {}): Grant =>
      grantOf(pinned('sts-session', { roleArn: `arn:aws:iam::${OTHER}:role/jit/OrdersDbAdmin`, ...config }), {
        lease: lease(),
        ...more,
      });
    const documentOf = ({ grant, lease: { endsAt } }: Grant): unknown =>
      JSON.parse(inlinePolicy(grant.config as InlineConfig, endsAt));

    describe.each([ANA, HERS])('an iam-policy grant to the $type $name', (to) => {
      test('invariant 1: the document with its end is there to the letter, under the request’s name', async () => {
        const grant = given(to);
        await policies.provision(grant);
        expect(await read(to, `jit-${ONE}`)).toEqual(documentOf(grant));
        expect(JSON.stringify(await read(to, `jit-${ONE}`))).toContain('"DateLessThan"');
      });

      test('a document with every guardrail is taken as it is', async () => {
        const grant = given(to, {}, { guardrails });
        await policies.provision(grant);
        expect(await read(to, `jit-${ONE}`)).toEqual(documentOf(grant));
      });

      test('invariant 5: twice provisioned is once, twice revoked is gone', async () => {
        const grant = given(to);
        await policies.provision(grant);
        await policies.provision(grant);
        expect(await names(to)).toEqual(['handMade', `jit-${ONE}`]);
        const proof = await policies.revoke(grant, server.now());
        await expect(policies.revoke(grant, proof.checkedAt)).resolves.toEqual(proof);
        expect(proof.evidence).toBe(`no inline policy jit-${ONE} on ${to.type} ${to.name}`);
        expect(await names(to)).toEqual(['handMade']);
      });

      test('invariant 7: the end of one leaves the other and what is made by hand untouched', async () => {
        const [first, second] = [given(to), given(to, { requestId: TWO })];
        await policies.provision(first);
        await policies.provision(second);
        await policies.revoke(first, server.now());
        expect(await read(to, `jit-${TWO}`)).toEqual(documentOf(second));
        expect(await read(to, 'handMade')).toEqual(JSON.parse(handMade));
      });

      test('a policy edited by hand meanwhile is taken away, and the proof says that it had been edited', async () => {
        const grant = given(to);
        await policies.provision(grant);
        await put(to, `jit-${ONE}`, JSON.stringify(allowAll));
        const proof = await policies.revoke(grant, server.now());
        expect(proof).toMatchObject({
          alarm: 'changed-by-hand',
          evidence: expect.stringContaining('it had been changed by hand') as string,
        });
        expect(await names(to)).toEqual(['handMade']);
      });

      test('what another version wrote, by its receipt, ends without an alarm; what was changed since, with one', async () => {
        const grant = given(to);
        const otherwise = JSON.stringify({
          ...(documentOf(grant) as object),
          Id: 'another wording of the same',
        });
        const receipt = { ...(await policies.provision(grant)), document: documentHash(otherwise) };
        await put(to, `jit-${ONE}`, otherwise);
        await expect(policies.revoke(grant, server.now())).resolves.toHaveProperty(
          'alarm',
          'changed-by-hand',
        );
        await put(to, `jit-${ONE}`, otherwise);
        await expect(policies.revoke({ ...grant, receipt }, server.now())).resolves.not.toHaveProperty(
          'alarm',
        );
        await put(to, `jit-${ONE}`, JSON.stringify(allowAll));
        await expect(policies.revoke({ ...grant, receipt }, server.now())).resolves.toHaveProperty('alarm');
      });

      test('what the version before wrote within a VPC endpoint ends without an alarm, receipt or not', async () => {
        const grant = given(to, {}, { guardrails });
        const before = inlinePolicy(grant.grant.config as InlineConfig, grant.lease.endsAt, 2);
        expect(JSON.parse(before)).not.toEqual(documentOf(grant));
        await put(to, `jit-${ONE}`, before);
        await expect(policies.revoke(grant, server.now())).resolves.not.toHaveProperty('alarm');
        expect(await names(to)).toEqual(['handMade']);
      });

      test('the receipt keeps the hash of what was written; one of before has none, and is ended without an alarm', async () => {
        const grant = given(to);
        const receipt = await policies.provision(grant);
        expect(receipt['document']).toBe(documentHash(JSON.stringify(documentOf(grant))));
        const { document: _, ...older } = receipt;
        for (const held of [receipt, older]) {
          await policies.provision(grant);
          const proof = await policies.revoke({ ...grant, receipt: held }, server.now());
          expect(proof).not.toHaveProperty('alarm');
        }
      });

      test('a policy edited or removed by hand is put right when it is provisioned again', async () => {
        const grant = given(to);
        await policies.provision(grant);
        await put(to, `jit-${ONE}`, JSON.stringify(allowAll));
        await policies.provision(grant);
        expect(await read(to, `jit-${ONE}`)).toEqual(documentOf(grant));
        await drop(to, `jit-${ONE}`);
        await policies.provision(grant);
        expect(await read(to, `jit-${ONE}`)).toEqual(documentOf(grant));
      });

      test('a principal deleted meanwhile is proof enough, and the proof says so', async () => {
        const grant = given(to);
        await policies.provision(grant);
        await server.remove(to);
        const proof = await policies.revoke(grant, server.now());
        expect(proof.evidence).toBe(`${to.type} ${to.name} does not exist any more, and jit-${ONE} with it`);
        expect(proof.cleanUpAt).toBeUndefined();
      });

      test('the look ahead counts what is there, and names who is not', async () => {
        const limit = to.type === 'user' ? 2048 : 10_240;
        await expect(policies.preflight(given(to).grant, ONE)).resolves.toBeUndefined();
        await put(to, 'large', JSON.stringify({ ...allowAll, Id: 'x'.repeat(limit - 300) }));
        await expect(policies.preflight(given(to).grant, ONE)).resolves.toMatchObject({
          code: 'no-room',
          limit,
        });
        const nobody = given({ type: to.type, name: 'nobody' });
        await expect(policies.preflight(nobody.grant, ONE)).resolves.toMatchObject({ error: 'NoSuchEntity' });
        await expect(policies.provision(nobody)).rejects.toMatchObject({
          code: 'NoSuchEntity',
          permanent: true,
        });
      });
    });

    describe('an sts-session grant', () => {
      test('opens a session that bears the request’s name, in the role’s own account', async () => {
        const grant = opened(
          { lease: { startsAt: server.now(), endsAt: server.now() + 5 * MINUTE } },
          { guardrails },
        );
        const credentials = await sessions.mint!(grant, server.now());
        const { accessKeyId, secretAccessKey, sessionToken, lingering } = credentials;
        // Where the server knows no such call, they end by policy, and it is said.
        expect(lingering?.why).toBe(server.scopes ? undefined : 'NoSuchCall');
        expect(credentials.expiresAt).toBeLessThanOrEqual(grant.lease.endsAt);
        const sts = new STSClient({
          endpoint: server.endpoint,
          region: 'us-east-1',
          credentials: { accessKeyId, secretAccessKey, sessionToken },
        });
        await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
          Account: OTHER,
          Arn: `arn:aws:sts::${OTHER}:assumed-role/OrdersDbAdmin/jit-${ONE}`,
        });
        expect(await names(ADMIN)).toEqual(['handMade']);
      });

      test('an early end puts one Deny on the role, and its clean-up takes it off again', async () => {
        await put(ADMIN, 'jit-revoke-all', revocationOfAll(0));
        const grant = opened({ lastMintAt: server.now() });
        const proof = await sessions.revoke(grant, server.now());
        expect(proof).toMatchObject({ cleanUpAt: expect.any(Number) as number });
        expect(proof).not.toHaveProperty('alarm');
        expect(await read(ADMIN, `jit-revoke-${ONE}`)).toEqual(JSON.parse(revocation(ONE)));
        await sessions.cleanUp(grant);
        await sessions.cleanUp(grant);
        expect(await names(ADMIN)).toEqual(['handMade', 'jit-revoke-all']);
        expect(await read(ADMIN, 'jit-revoke-all')).toEqual(JSON.parse(revocationOfAll(0)));
      });

      test('a Deny removed or weakened by hand is put back the next time', async () => {
        const grant = opened({ lastMintAt: server.now() });
        await sessions.revoke(grant, server.now());
        await drop(ADMIN, `jit-revoke-${ONE}`);
        await sessions.revoke(grant, server.now());
        expect(await read(ADMIN, `jit-revoke-${ONE}`)).toEqual(JSON.parse(revocation(ONE)));
        await put(ADMIN, `jit-revoke-${ONE}`, revocation('nobody'));
        await sessions.revoke(grant, server.now());
        expect(await read(ADMIN, `jit-revoke-${ONE}`)).toEqual(JSON.parse(revocation(ONE)));
      });

      test('a role deleted meanwhile is proof enough, and the proof says so', async () => {
        const grant = opened({ lastMintAt: server.now() });
        await server.remove(ADMIN);
        const proof = await sessions.revoke(grant, server.now());
        expect(proof.evidence).toBe(
          'role OrdersDbAdmin does not exist any more, and its sessions can do nothing',
        );
        expect(proof.cleanUpAt).toBeUndefined();
        await expect(sessions.cleanUp(grant)).resolves.toBeUndefined();
      });
    });

    async function put({ type, name }: Principal, PolicyName: string, PolicyDocument: string): Promise<void> {
      await (type === 'user'
        ? server.iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName, PolicyDocument }))
        : server.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument })));
    }

    async function drop({ type, name }: Principal, PolicyName: string): Promise<void> {
      await (type === 'user'
        ? server.iam.send(new DeleteUserPolicyCommand({ UserName: name, PolicyName }))
        : server.iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName })));
    }

    async function read({ type, name }: Principal, PolicyName: string): Promise<unknown> {
      const { PolicyDocument = '' } = await (type === 'user'
        ? server.iam.send(new GetUserPolicyCommand({ UserName: name, PolicyName }))
        : server.iam.send(new GetRolePolicyCommand({ RoleName: name, PolicyName })));
      return JSON.parse(PolicyDocument.startsWith('{') ? PolicyDocument : decodeURIComponent(PolicyDocument));
    }

    async function names({ type, name }: Principal): Promise<string[]> {
      const { PolicyNames = [] } = await (type === 'user'
        ? server.iam.send(new ListUserPoliciesCommand({ UserName: name }))
        : server.iam.send(new ListRolePoliciesCommand({ RoleName: name })));
      return [...PolicyNames].sort();
    }
  });
}
