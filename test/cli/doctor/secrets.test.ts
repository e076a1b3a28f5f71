import { pagerDutyKey } from '../../../src/cli/doctor/secrets.js';
import type { DirectoryConfig } from '../../../src/domain/directory.js';
import { ParameterFault } from '../../../src/store/parameters.js';

const rota = { pagerduty: { schedule: 'PABC123', apiUrl: 'https://api.pagerduty.com/' } };
const ASKS: Pick<DirectoryConfig, 'onCall'> = { onCall: { groups: { dba: rota } } };
const parameter = { parameter: '/jit/prod/pagerduty' };
const readable = { reveal: async () => 'key' };

describe('PagerDuty’s key', () => {
  test('is needed where directory.yml asks PagerDuty, and nowhere else', async () => {
    expect(await pagerDutyKey({}, {}, readable)).toHaveProperty('skipped');
    const list = { onCall: { everything: { http: 'https://corp.example/now' }, groups: {} } };
    expect(await pagerDutyKey({}, list, readable)).toHaveProperty('skipped');
    expect(await pagerDutyKey({}, ASKS, readable)).toMatchObject({
      problems: [{ fix: expect.stringContaining('PAGERDUTY_TOKEN_PARAMETER') }],
    });
    const everything = { onCall: { everything: rota, groups: {} } };
    expect(await pagerDutyKey({}, everything, readable)).toHaveProperty('problems');
  });

  test('is read, and told nowhere', async () => {
    expect(await pagerDutyKey({ pagerDutyToken: parameter }, ASKS, readable)).toEqual({ value: true });
  });

  test('that is not in this region is named, with what to do', async () => {
    const reveal = async (): Promise<string> => {
      throw new ParameterFault(
        'there is no SSM parameter /jit/prod/pagerduty in eu-west-1',
        'store it',
        undefined,
      );
    };
    expect(await pagerDutyKey({ pagerDutyToken: parameter }, ASKS, { reveal })).toEqual({
      problems: [
        {
          what: 'PAGERDUTY_TOKEN_PARAMETER: there is no SSM parameter /jit/prod/pagerduty in eu-west-1',
          fix: 'store it',
        },
      ],
    });
  });
});
