import { grantKinds } from '../../src/grants/kinds.js';
import { pack } from '../../src/policy/live/packed.js';
import { readFiles } from '../../src/policy/live/source.js';
import { accountIn, asLine, loadFolder } from '../../src/policy/load.js';
import { jitPolicy } from '../support/cli.js';
import { FILES, folder, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

const OWN = '999900001111';
const OTHER = '777788889999';

/** A folder with a policy to be put on people in jit's own account, where no role manages anything. */
const files = (directory: string, more = '') => ({
  'catalog.yml': `entitlements:
  - id: logs
    name: Logs
    environment: staging
    account: "${OWN}"
    risk: low
    durations: [1h]
    iam-policy: { statements: [{ Effect: Allow, Action: "logs:GetLogEvents", Resource: "*" }] }
`,
  'directory.yml': `${FILES['directory.yml']}${directory}\n`,
  'more.cedar': more,
});
const named = (directory: string) => folder(files(directory));

async function loaded(dir: string, ownAccount?: string): Promise<string[]> {
  const read = await loadFolder(dir, { kinds: grantKinds, ...(ownAccount !== undefined && { ownAccount }) });
  return 'problems' in read ? read.problems.map(asLine) : [];
}

describe('jit’s own account, in directory.yml,', () => {
  test('needs no management role for an iam-policy there', async () => {
    expect(await loaded(await named(`account: "${OWN}"`))).toEqual([]);
    expect(await loaded(await named(`account: "${OWN}"`), OWN)).toEqual([]);
  });

  test('is what is to be written where there is none', async () => {
    expect(await loaded(await named(''))).toEqual([
      `catalog.yml:8: iam-policy: account ${OWN} is not under accounts in directory.yml: add it there, or, if jit itself runs in it, write account: "${OWN}" there`,
    ]);
    expect(await loaded(await named(''), OWN)).toEqual([]);
  });

  test('is refused by name where jit runs in another, and so is nothing else', async () => {
    const refused = [
      `directory.yml:10: account: jit does not run in ${OWN}, but in ${OTHER}; correct it, or give jit its own policies`,
    ];
    expect(await loaded(await named(`account: "${OWN}"`), OTHER)).toEqual(refused);
  });

  test('is known even where something else in the file is wrong', async () => {
    const dir = await named(`account: "${OWN}"\ncolour: blue`);
    expect(await loaded(dir)).toEqual([expect.stringMatching(/^directory\.yml:11: unknown key "colour"/)]);
    expect(await accountIn(dir)).toBe(OWN);
    expect(await accountIn(await named('account: 1'))).toBeUndefined();
    expect(await accountIn('/nowhere')).toBeUndefined();
  });

  test('is an account that a forbid may name', async () => {
    const forbid = `@id("a") forbid (principal, action, resource in Jit::Account::"${OTHER}");`;
    const dir = (directory: string) =>
      folder({ ...files(directory, forbid), 'catalog.yml': FILES['catalog.yml'] });
    expect(await loaded(await dir(`account: "${OTHER}"`))).toEqual([]);
    expect(await loaded(await dir(''), OTHER)).toEqual([]);
    expect(await loaded(await dir(''))).toEqual([expect.stringContaining(`unknown account "${OTHER}"`)]);
  });
});

describe('the tools', () => {
  const COMMANDS = ['validate', 'test', 'lint', 'pack', 'who-can logs'].map((line) => line.split(' '));

  test.each(COMMANDS)('%s needs no --own-account where directory.yml says it', async (...command) => {
    const dir = await named(`account: "${OWN}"`);
    const { out, err } = await jitPolicy(...command, dir);
    expect(out + err).not.toMatch(/does not load|would refuse it|accounts/);
  });

  test.each(COMMANDS)(
    '%s takes --own-account where directory.yml says none, and else it must agree',
    async (...command) => {
      const given = ['--own-account', OWN];
      const alone = await jitPolicy(...command, await named(''), ...given);
      expect(alone.out + alone.err).not.toMatch(/does not load|would refuse it|accounts/);
      const { code, out, err } = await jitPolicy(...command, await named(`account: "${OTHER}"`), ...given);
      expect(code).not.toBe(0);
      expect(out + err).toContain(`jit does not run in ${OTHER}, but in ${OWN}`);
    },
  );

  test('a packed folder keeps it', async () => {
    const dir = await named(`account: "${OWN}"`);
    expect((await jitPolicy('pack', dir)).out).toBe(pack(await readFiles(dir)));
  });
});
