import { CannotRead } from '../../outside.js';
import { loadOptions, withFolder, type FolderOptions, type PolicyCommand } from '../policy-folder.js';
import { problemLines } from '../report/problems.js';
import { print } from '../../terminal.js';

/** `jit policy pack`: a folder in one file, for S3. Nothing is written of one that jit would refuse. */
export const packCommand: PolicyCommand = (command, { stdout, now, folder }) =>
  withFolder(command)
    .description('writes a policy folder as one file, to be kept in S3 (JIT_POLICY_S3)')
    .argument('[dir]', 'the policy folder')
    .action(async (dir: string = folder, options: FolderOptions) => {
      const { packFolder } = await import('../../../policy/cases/folder.js');
      const packed = await packFolder(dir, await loadOptions(options), now());
      if ('problems' in packed) {
        // Not on the standard output, which is on its way into a file.
        throw new CannotRead([
          `The policy folder ${dir} is not packed, since jit would refuse it:`,
          ...(await problemLines(dir, packed.problems)),
        ]);
      }
      await print(stdout, packed.text);
    });
