import { bot, errorOf, FORM, refusal, slack } from '../../support/sandbox-slack.js';

type Slack = Awaited<ReturnType<typeof slack>>;
type Bot = Awaited<ReturnType<typeof bot>>;
let here: Slack;
let app: Bot;
beforeEach(async () => {
  here = await slack();
  app = await bot();
  here.double.connect(app.url);
});
afterEach(async () => {
  await here.double.stop();
  await app.stop();
});

/** A trigger_id as a command brings it. */
async function trigger(user = 'U0ANA'): Promise<string> {
  await here.double.as(user).command('/jit');
  return app.heard.at(-1)?.form['trigger_id'] ?? '';
}

describe('a trigger_id', () => {
  test('that Slack never gave is invalid', async () => {
    const { client } = here;
    expect(await errorOf(client.views.open({ trigger_id: '1.2.3', view: FORM }))).toBe('invalid_trigger_id');
    expect(await errorOf(client.apiCall('views.open', { view: FORM }))).toBe('invalid_trigger_id');
  });

  test('is good once', async () => {
    const id = await trigger();
    await here.client.views.open({ trigger_id: id, view: FORM });
    expect(await errorOf(here.client.views.open({ trigger_id: id, view: FORM }))).toBe(
      'exchanged_trigger_id',
    );
    expect(here.double.views('U0ANA')).toHaveLength(1);
  });

  test('is good for three seconds of real time', async () => {
    const [late, intime] = [await trigger(), await trigger('U0BOB')];
    here.stopwatch.move(3_000);
    await here.client.views.open({ trigger_id: intime, view: FORM });
    here.stopwatch.move(1);
    expect(await errorOf(here.client.views.open({ trigger_id: late, view: FORM }))).toBe(
      'expired_trigger_id',
    );
    expect(here.double.views('U0ANA')).toEqual([]);
  });

  test('does not age when the clock of the workspace is moved', async () => {
    const id = await trigger();
    here.time.move(3_600_000);
    await here.client.views.open({ trigger_id: id, view: FORM });
    expect(here.double.views('U0ANA')).toHaveLength(1);
  });

  test('is not used up by a view that Slack refuses', async () => {
    const id = await trigger();
    const { error, messages } = await refusal(
      here.client.views.open({ trigger_id: id, view: { ...FORM, private_metadata: 'x'.repeat(3001) } }),
    );
    expect(error).toBe('invalid_arguments');
    expect(messages).toContain(
      '[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]',
    );
    expect(await errorOf(here.client.apiCall('views.open', { trigger_id: id }))).toBe('invalid_arguments');
    await here.client.views.open({ trigger_id: id, view: FORM });
  });
});

describe('the stack of modals', () => {
  test('holds three, and a push needs one that is open', async () => {
    const { client, double } = here;
    expect(await errorOf(client.views.push({ trigger_id: await trigger(), view: FORM }))).toBe('not_found');
    await client.views.open({ trigger_id: await trigger(), view: FORM });
    await client.views.push({ trigger_id: await trigger(), view: FORM });
    await client.views.push({ trigger_id: await trigger(), view: FORM });
    expect(await errorOf(client.views.push({ trigger_id: await trigger(), view: FORM }))).toBe(
      'push_limit_reached',
    );
    const [first, second, third] = double.views('U0ANA');
    expect([second?.rootId, second?.previousId, third?.previousId]).toEqual([
      first?.id,
      first?.id,
      second?.id,
    ]);
  });

  test('an update needs an open view, and the right hash where one is given', async () => {
    const { client, double } = here;
    const { view } = await client.views.open({ trigger_id: await trigger(), view: FORM });
    const [id, hash] = [view?.id ?? '', view?.hash ?? ''];
    double.as('U0ANA').fill(id, { justification: 'because' });
    await client.views.update({ view_id: id, hash, view: { ...FORM, callback_id: 'other' } });
    expect(await errorOf(client.views.update({ view_id: id, hash, view: FORM }))).toBe('hash_conflict');
    expect(await errorOf(client.views.update({ view_id: 'V0NONE', view: FORM }))).toBe('not_found');
    const [modal] = double.views('U0ANA');
    expect(modal?.view['callback_id']).toBe('other');
    expect(modal?.values['justification']?.['justification']?.['value']).toBe('because');
    await double.as('U0ANA').close(id);
    expect(await errorOf(client.views.update({ view_id: id, view: FORM }))).toBe('not_found');
  });

  test('external ids are unique', async () => {
    const { client } = here;
    const view = { ...FORM, external_id: 'mine' };
    await client.views.open({ trigger_id: await trigger(), view });
    expect(await errorOf(client.views.open({ trigger_id: await trigger('U0BOB'), view }))).toBe(
      'duplicate_external_id',
    );
    await client.views.update({ external_id: 'mine', view: { ...view, callback_id: 'new' } });
    expect(here.double.views('U0ANA')[0]?.view['callback_id']).toBe('new');
  });
});
