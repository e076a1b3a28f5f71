import { CannotRead } from '../../outside.js';
import type { Millis } from '../../../domain/entitlement.js';
import {
  mustLoad,
  duration,
  email,
  folderOf,
  groupsNotes,
  groupsOption,
  inputOption,
  inputsIn,
  mustKnow,
  whoOf,
  withTime,
  type PolicyCommand,
  type TimeOptions,
} from '../policy-folder.js';
import { print, wrapped } from '../../terminal.js';

interface Options extends TimeOptions {
  requester: string;
  groups?: string[];
  entitlement: string;
  duration: Millis;
  ticket?: string;
  emergency?: true;
  input?: string[];
}

/** `jit policy explain`: the answer to a request, why it is so, and what would change it. */
export const explainCommand: PolicyCommand = (command, { stdout, now, folder, fail }) =>
  withTime(command)
    .description('why a request would be granted, routed or denied, and what would change that')
    .argument('[dir]', 'the policy folder')
    .requiredOption('--requester <email>', 'who asks', email)
    .addOption(groupsOption())
    .requiredOption('--entitlement <id>', 'for what')
    .requiredOption('--duration <duration>', 'for how long: 1h', duration)
    .option('--ticket <ticket>', 'for which work')
    .option('--emergency', 'in an emergency')
    .addOption(inputOption())
    .action(async (place: string | undefined, options: Options) => {
      const { parts, bundle } = await mustLoad(folderOf(place, options.dir, folder), options);
      await mustKnow('entitlement', options.entitlement, parts.entitlements.keys());
      if (options.emergency && !parts.directory.emergency)
        throw new CannotRead(['directory.yml has no "emergency", so nothing can be asked for in one']);
      const who = await whoOf(options.requester, options.groups, parts);
      const found = await inputsIn(options.input);
      const { USUAL } = await import('../../../policy/inputs/index.js');
      const { explain } = await import('../../../policy/explain/explain.js');
      const { explanation } = await import('../../../policy/explain/explanation.js');
      const { entitlement, ticket, emergency, at = now() } = options;
      const question = {
        who,
        entitlement,
        duration: options.duration,
        at,
        ...(ticket !== undefined && { ticket }),
        ...(emergency && { emergency }),
        given: { ...USUAL, ...found.given },
        failed: found.failed,
      };
      const explained = explain(parts, bundle.pdp, question);
      if (explained.open.length > 0) fail(3);
      const lines = explanation(explained, parts);
      const notes = await groupsNotes(parts, options.groups, options.requester);
      if (notes.length > 0) lines.push('', ...notes);
      await print(stdout, options.json ? `${JSON.stringify(explained, isoTimes)}\n` : wrapped(lines));
    });

function isoTimes(key: string, value: unknown): unknown {
  const isTime = ['at', 'from', 'until'].includes(key) && typeof value === 'number';
  return isTime ? new Date(value).toISOString() : value;
}
