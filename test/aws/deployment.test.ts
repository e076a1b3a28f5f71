/** @project aws */
import { deployed, type Deployed } from '../support/aws/deployed.js';
import { OWN, LOCALEMU } from '../support/aws/emulator.js';
import { access } from './access.js';
import { calls } from './calls.js';
import { ends } from './ends.js';
import { removal } from './removal.js';
import { rights } from './rights.js';

// The deployment of docs/aws.md, by its own words, on an AWS of somebody else's with IAM enforced.
(LOCALEMU ? describe : describe.skip)('what the handbook deploys', () => {
  let it: Deployed | undefined;
  const deployment = () => it!;

  beforeAll(async () => {
    it = await deployed();
  });
  afterAll(async () => {
    await it?.close();
  });

  test('says whom roles are to trust', () => {
    expect(deployment().outputs['JitRoleArns']).toBe(
      ['stream', 'sweep'].map((name) => `arn:aws:iam::${OWN}:role/jit-bot/jit-prod-${name}`).join(','),
    );
  });

  describe('gives access', () => {
    access(deployment);
  });
  describe('ends access', () => {
    ends(deployment);
  });
  describe('costs so many calls', () => {
    calls(deployment);
  });
  describe('has three roles', () => {
    rights(deployment);
  });
  describe('is deployed again, and removed', () => {
    removal(deployment);
  });
});
