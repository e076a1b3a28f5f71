import { buttonsOf } from '../../src/sandbox/slack/index.js';
import type { Deployed } from '../support/aws/deployed.js';
import { eventually } from '../support/aws/acts.js';
import { withoutSchedule } from '../support/aws/deployment.js';
import { SCHEDULED } from '../support/lambda/events.js';

type Counts = Record<string, number>;
const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);
/** Three looks at the sixteen partitions of what is due, and a few items. */
const FEW = 60;

/** What one request costs in calls of AWS: docs/aws.md works its prices out from this. */
export function calls(deployment: () => Deployed): void {
  const it = () => deployment();

  /** The calls that this makes, by name, until nothing more comes: nobody else calls anything meanwhile. */
  async function callsOf(act: () => Promise<unknown>): Promise<Counts> {
    const lines = () => [
      ...it()
        .emulator.log()
        .matchAll(/localemu\.request\.aws +: AWS (\w+\.\w+) =>/g),
    ];
    const before = lines().length;
    await act();
    let seen = -1;
    let still = 0;
    await eventually('quiet', () => {
      const now = lines().length;
      still = now === seen ? still + 1 : 0;
      seen = now;
      return still === 10;
    });
    const counts: Counts = {};
    for (const [, name = ''] of lines().slice(before)) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  async function asked(): Promise<unknown> {
    const person = it().slack.as('U0ANA');
    await person.command('/jit');
    await person.choose(it().slack.views('U0ANA').at(-1)!, 'entitlement', 'samples');
    const values = { entitlement: 'samples', duration: '1h', justification: 'counting the calls' };
    return person.submit(it().slack.views('U0ANA').at(-1)!.id, values);
  }

  test('a sweep that finds nothing due asks for little, and for nothing of IAM or STS', async () => {
    const goOn = await withoutSchedule(it());
    const sweep = () => it().invoke('sweep', SCHEDULED);
    let idle = await callsOf(sweep);
    // The stream may still catch up with what came before, and its calls count, too: some sweep is alone.
    for (let more = 0; more < 8 && sum(idle) >= FEW; more++) idle = await callsOf(sweep);
    const request = await callsOf(asked);
    const [button] = it()
      .slack.dms('U0ANA')
      .flatMap(buttonsOf)
      .filter(({ actionId }) => actionId === 'revoke')
      .slice(-1);
    const end = await callsOf(async () => {
      await it().slack.as('U0ANA').command(`/jit revoke ${button?.value}`);
    });
    await goOn();
    process.stdout.write(
      `calls of AWS: ${JSON.stringify({ 'a sweep': idle, asking: request, ending: end })}\n`,
    );
    expect(Object.keys(idle).filter((name) => /^(?:iam|sts)\./.test(name))).toEqual([]);
    expect(sum(idle)).toBeLessThan(FEW);
    expect(request['iam.PutUserPolicy']).toBe(1);
    expect(end['iam.DeleteUserPolicy']).toBe(1);
  });
}
