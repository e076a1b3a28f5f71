import type { DirectoryConfig, OnCallSource } from '../../domain/directory.js';
import type { Entitlement } from '../../domain/entitlement.js';
import type { GatheredInput } from '../../ports/policy.js';

/** Whether the person is on call for what they ask for, by the rota of one of its owners or the one for everything. */
export const onCall: GatheredInput = {
  name: 'onCall',
  attributes: { onCall: 'Bool' },
  async gather({ entitlements, ...asked }, { directory, isOnCall }) {
    const sources = new Set(entitlements.flatMap((entitlement) => sourcesFor(entitlement, directory)));
    const answers = new Map(
      await Promise.all(
        [...sources].map(async (source) => {
          const answer = await isOnCall(source, { ...asked, timezone: directory.timezone }).catch(
            () => 'it could not be asked who is on call',
          );
          return [source, answer] as const;
        }),
      ),
    );
    return (entitlement) => {
      const found = sourcesFor(entitlement, directory).map((source) => answers.get(source) ?? 'nobody asked');
      if (found.length === 0) return 'directory.yml names no onCall source for it';
      return found.find((answer) => typeof answer === 'string') ?? { onCall: found.includes(true) };
    };
  },
};

function sourcesFor({ owners }: Entitlement, { onCall: rotas }: DirectoryConfig): OnCallSource[] {
  if (!rotas) return [];
  const own = owners.map((group) => (Object.hasOwn(rotas.groups, group) ? rotas.groups[group] : undefined));
  const found = (own.length > 0 ? own : [undefined]).map((source) => source ?? rotas.everything);
  return [...new Set(found.filter((source) => source !== undefined))];
}
