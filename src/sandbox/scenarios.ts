import { deeds, type Scene } from './deeds.js';

export const SCENARIOS = ['empty', 'pending', 'busy-friday'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const MINUTE = 60_000;
const [ana, eva, otto, bob, dora, sam, kim, lee, cleo] = [
  'U0ANA',
  'U0EVA',
  'U0OTTO',
  'U0BOB',
  'U0DORA',
  'U0SAM',
  'U0KIM',
  'U0LEE',
  'U0CLEO',
] as const;

/**
 * Prepares a state by nothing but what people can do, and time. Begin it where the default policies are in force, at
 * an hour at which they open production for the next two hours.
 * @throws Error that says what was in the way, and what to do
 */
export async function play(name: Scenario, scene: Scene): Promise<void> {
  try {
    await PLAYS[name](deeds(scene));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The scenario "${name}" could not be played: ${why} It needs the default policies, within working hours: with policies of your own, choose the scenario "empty".`,
      { cause: error },
    );
  }
}

type Deeds = ReturnType<typeof deeds>;

const PLAYS: Record<Scenario, (on: Deeds) => Promise<void>> = {
  empty: async () => undefined,

  async pending({ ask, approve, pass }) {
    const index = await ask(ana, 'orders-db-admin 1h adding an index to the order lines OPS-12');
    await pass(4 * MINUTE);
    await approve(bob, index, 'manager');
    await pass(2 * MINUTE);
    await ask(cleo, 'staging-deployer 4h trying out the new checkout with the shop team');
  },

  async 'busy-friday'({ ask, approve, deny, cancel, release, revoke, given, over, openSession, pass }) {
    // The morning: what will be over by the end.
    const tryout = await ask(eva, 'sandbox-power-user 1h trying out the new queue settings');
    await given(eva, tryout);
    await pass(2 * MINUTE);
    const rollout = await ask(ana, 'staging-deployer 4h rolling out the new invoice page');
    await pass(MINUTE);
    const alarm = await ask(otto, 'orders-logs 30m finding out why alarm 17 went off OPS-31');
    await pass(3 * MINUTE);
    await approve(bob, rollout, 'manager');
    await approve(sam, alarm, 'security');
    await given(otto, alarm);
    await openSession(otto, alarm);
    await pass(MINUTE);
    const soak = await ask(cleo, 'staging-deployer 8h leaving a load test running overnight');
    await pass(5 * MINUTE);
    await deny(
      bob,
      soak,
      'manager',
      'Load tests run in the sandbox account, and only while somebody watches.',
    );
    await pass(2 * MINUTE);
    const reports = await ask(eva, 'billing-reports 4h closing the books of October FIN-204');
    await pass(2 * MINUTE);
    await approve(bob, reports, 'manager');
    await pass(6 * MINUTE);
    await approve(kim, reports, 'security');
    await approve(lee, reports, 'security');
    await given(eva, reports);
    await pass(20 * MINUTE);
    await release(ana, rollout);
    await pass(10 * MINUTE);
    await over(otto, alarm);

    // Later: what ends early or never begins.
    const wrongOne = await ask(ana, 'orders-db-admin 15m checking one slow query OPS-40');
    await pass(MINUTE);
    await cancel(ana, wrongOne);
    await pass(MINUTE);
    const secrets = await ask(eva, 'staging-secrets-reader 1h comparing the keys of two services');
    await pass(3 * MINUTE);
    await approve(bob, secrets, 'manager');
    await given(eva, secrets);
    await pass(15 * MINUTE);
    await revoke(lee, secrets, eva, 'the keys are being replaced, please ask again tomorrow');
    await over(eva, tryout);

    // Now: what is there, and what waits.
    const restore = await ask(otto, 'orders-db-admin 4h restoring the orders that OPS-31 lost');
    await pass(MINUTE);
    await approve(bob, restore, 'manager');
    await pass(2 * MINUTE);
    await approve(sam, restore, 'security');
    await approve(kim, restore, 'security');
    await given(otto, restore);
    await openSession(otto, restore);
    await pass(MINUTE);
    const samples = await ask(ana, 'sandbox-bucket-reader 8h reading the sample orders');
    await given(ana, samples);
    await pass(3 * MINUTE);
    const prototype = await ask(cleo, 'sandbox-power-user 4h building the prototype of the label printer');
    await given(cleo, prototype);
    await pass(MINUTE);
    const migration = await ask(dora, 'orders-db-admin 1h splitting the orders table OPS-38');
    await pass(MINUTE);
    const checkout = await ask(cleo, 'staging-deployer 1h fixing the checkout page for the shop team');
    await pass(4 * MINUTE);
    await approve(bob, migration, 'manager');
    await approve(lee, migration, 'security');
    await approve(bob, checkout, 'manager');
    await ask(eva, 'orders-logs 1h following up a complaint about a double order OPS-44');
    await pass(2 * MINUTE);
  },
};
