import { ListUserPoliciesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { verdict } from '../support/aws/clients.js';
import { mayRead, mayType, type Deployed } from '../support/aws/deployed.js';
import {
  approve,
  ask,
  become,
  eventually,
  home,
  openHome,
  revoke,
  session,
  type Ended,
} from '../support/aws/acts.js';
import { OTHER, OWN } from '../support/aws/emulator.js';

const LOGS = 'aws logs describe-log-groups';

/** Given, used for what it is and for what it is not, and handed back. @param ended what was ended, and how */
export function access(deployment: () => Deployed, ended: Ended): void {
  const it = () => deployment();
  const handBack = async (id: string) => {
    await revoke(it(), 'U0ANA', id, 'done');
    ended.set(id, 'released');
  };
  const inlineOfAna = async () => {
    const { PolicyNames } = await it().root.iam.send(new ListUserPoliciesCommand({ UserName: 'ana.lopez' }));
    return PolicyNames;
  };

  test('granted at once, an inline policy lets its person do what it says and nothing else, until it is handed back', async () => {
    expect(await mayRead(it(), 'samples')).toBe('AccessDenied');
    const id = await ask(it(), 'samples');
    await become(it(), id, 'active');
    expect(await inlineOfAna()).toEqual([`jit-${id}`]);
    expect(await mayRead(it(), 'samples')).toBe('may');
    expect(await mayRead(it(), 'others')).toBe('AccessDenied');
    const { s3, iam } = it().ana[OWN];
    const write = new PutObjectCommand({ Bucket: 'corp-samples', Key: 'two.csv', Body: 'two' });
    expect(await verdict(s3.send(write))).toBe('AccessDenied');
    expect(await verdict(iam.send(new ListUsersCommand({})))).toBe('AccessDenied');
    await handBack(id);
    await eventually('the policy is gone', async () => (await inlineOfAna())?.length === 0);
    expect(await mayRead(it(), 'samples')).toBe('AccessDenied');
  });

  test('after two stages a session opens by the button, may what its role may, and dies when it is handed back', async () => {
    for (const who of ['U0ANA', 'U0BOB']) await openHome(it(), who);
    const id = await ask(it(), 'orders-logs');
    await home(it(), 'U0BOB', /Waiting for you to decide\* \(1\)/);
    await approve(it(), 'U0BOB', id);
    await approve(it(), 'U0SAM', id);
    await become(it(), id, 'active');
    await home(it(), 'U0BOB', /Nothing is waiting for you/);
    await home(it(), 'U0ANA', /Your access\* \(\d\)[^]*Orders logs\*?\s+until/);
    const { window, secretAccessKey } = await session(it(), id);
    expect(await mayType(it(), window, LOGS)).toBe('may');
    for (const command of [
      'aws s3api get-object --bucket corp-samples --key one.csv /dev/null',
      'aws dynamodb scan --table-name jit-prod',
      'aws iam list-users',
      `aws sts assume-role --role-arn arn:aws:iam::${OWN}:role/jit-bot/jit-prod-sweep --role-session-name ana`,
    ])
      expect([command, await mayType(it(), window, command)]).toEqual([command, 'AccessDenied']);

    await handBack(id);
    await eventually('the session is dead', async () => (await mayType(it(), window, LOGS)) !== 'may');
    await become(it(), id, 'ending', 'closed');
    // Invariant 9: the secret is in that window and nowhere else.
    const kept = JSON.stringify([await it().store.records(id), await it().store.grant(id)]);
    const printed = ['slack', 'stream', 'sweep'].map((name) => it().emulator.logOf(`jit-prod-${name}`));
    expect(secretAccessKey.length).toBeGreaterThan(10);
    expect([kept, ...printed].filter((text) => text.includes(secretAccessKey))).toEqual([]);
  });

  test('somebody of security ends the session of another', async () => {
    const id = await ask(it(), 'bench');
    await become(it(), id, 'active');
    const { window } = await session(it(), id);
    expect(await mayType(it(), window, LOGS)).toBe('may');
    await revoke(it(), 'U0SAM', id, 'seen in the logs');
    ended.set(id, 'revoked');
    await eventually('the session is dead', async () => (await mayType(it(), window, LOGS)) !== 'may');
  });

  test('in another account: a session with the external id, and an inline policy through the management role', async () => {
    const logs = await ask(it(), 'other-logs');
    await become(it(), logs, 'active');
    const { window } = await session(it(), logs);
    expect(await mayType(it(), window, LOGS)).toBe('may');
    expect(await mayType(it(), window, 'aws iam list-users')).toBe('AccessDenied');

    const samples = await ask(it(), 'other-samples');
    await become(it(), samples, 'active');
    expect(await mayRead(it(), 'samples', OTHER)).toBe('may');
    expect(await mayRead(it(), 'others', OTHER)).toBe('AccessDenied');
    expect(await mayRead(it(), 'samples')).toBe('AccessDenied');
    for (const id of [logs, samples]) await handBack(id);
    await eventually('the session is dead', async () => (await mayType(it(), window, LOGS)) !== 'may');
    await eventually('the policy is gone', async () => (await mayRead(it(), 'samples', OTHER)) !== 'may');
  });
}
