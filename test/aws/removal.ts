import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { brokenAt } from '../../src/domain/record/seal.js';
import { mayRead, type Deployed } from '../support/aws/deployed.js';
import { ana, ask, become, closed, eventually, revoke } from '../support/aws/acts.js';
import { OWN } from '../support/aws/emulator.js';
import { commands, type } from '../support/aws/handbook.js';

const CUT_OFF = 'npx osls deploy --param logLevel=warn';

/** Deployments that go wrong, and the end of a good one. */
export function removal(deployment: () => Deployed): void {
  const it = () => deployment();
  const executed = () => it().emulator.log().split('cloudformation.ExecuteChangeSet => 200').length;

  test('a token that AWS does not know ends the deployment with AWS’s sentence, and changes nothing', async () => {
    const before = executed();
    // After its first four letters a key names its account: this one is of the right account. LocalEmu's begin with L.
    const { accessKeyId } = await it().ana[OWN].sts.config.credentials();
    const AWS_ACCESS_KEY_ID = `LSIA${accessKeyId.slice(4)}`;
    const strange = { AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN: 'of yesterday' };
    const { code, said } = await type(CUT_OFF, { env: { ...it().exported, ...strange } });
    expect(code).not.toBe(0);
    expect(said).toMatch(/security token .* (?:invalid|expired)/i);
    expect(executed()).toBe(before);
  });

  test('a deployment that is cut off in the middle is repeated until it is through, and nothing is lost', async () => {
    const [ending, id] = [await ask(it(), 'samples'), await ask(it(), 'samples')];
    for (const one of [ending, id]) await become(it(), one, 'active');
    await revoke(it(), 'U0ANA', ending, 'done');
    const before = executed();
    const begun = type(CUT_OFF, { env: it().exported });
    await eventually('CloudFormation works', () => executed() > before);
    begun.kill();
    await begun;
    await eventually('it is through', async () => {
      const { code, said } = await type(CUT_OFF, { env: it().exported });
      // LocalEmu may also begin a second update beside the first: then one of the two fails.
      if (code !== 0) expect(said).toMatch(/IN_PROGRESS|in progress|UPDATE_FAILED/);
      return code === 0;
    });
    expect(await mayRead(it(), 'samples')).toBe('may');
    await revoke(it(), 'U0ANA', id, 'done');
    await eventually('it is taken away', async () => (await mayRead(it(), 'samples')) !== 'may');
    expect(await closed(it(), ending)).toMatchObject({ outcome: 'released' });
  });

  test('removed as the handbook has it, the functions are gone, and the table stays with all its records', async () => {
    const kept = async () => (await it().store.byRequester(ana, 100)).map(({ id }) => id).sort();
    const before = await kept();
    const { code, said } = await type(commands('npx osls remove'), { env: it().exported });
    expect([code, said]).toEqual([0, expect.any(String)]);
    const { Functions = [] } = await it().root.lambda.send(new ListFunctionsCommand({}));
    expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual([]);
    expect(before.length).toBeGreaterThan(3);
    expect(await kept()).toEqual(before);
    expect(brokenAt(await it().store.records(before[0]!))).toBeUndefined();
  });
}
