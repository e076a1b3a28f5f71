import { loadFolder } from '../../src/policy/load.js';
import { FILES, folder, kinds, removeFolders } from '../support/policy.js';

afterAll(removeFolders);

async function directoryWith(accounts: string) {
  const found = await loadFolder(
    await folder({ 'directory.yml': `${FILES['directory.yml']}accounts: ${accounts}\n` }),
    { kinds },
  );
  if ('problems' in found) throw new Error(JSON.stringify(found.problems));
  return found.bundle.directory;
}
const manageRoleArn = 'arn:aws:iam::111122223333:role/jit/Manage';

test('an account may have a name, with or without a way in; what goes on record of the way in is not the name', async () => {
  const { accounts, accountNames } = await directoryWith(
    `{ "111122223333": { name: Production, manageRoleArn: "${manageRoleArn}", externalId: x }, "999900001111": { name: "jit's own" } }`,
  );
  expect(accounts).toEqual({ '111122223333': { manageRoleArn, externalId: 'x' } });
  expect(accountNames).toEqual({ '111122223333': 'Production', '999900001111': "jit's own" });
});

test('where no account has a name, a folder of any release says the same as before', async () => {
  const directory = await directoryWith(`{ "111122223333": { manageRoleArn: "${manageRoleArn}" } }`);
  expect(directory.accounts).toEqual({ '111122223333': { manageRoleArn } });
  expect(directory).not.toHaveProperty('accountNames');
});
