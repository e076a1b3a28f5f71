import type { GrantKind } from '../../src/ports/access.js';

/** A grant kind that takes any mapping, of which nothing is known but this. */
export function kindOf(name: string, more: Partial<GrantKind> = {}): GrantKind {
  return {
    name,
    needsPrincipal: false,
    mints: name === 'sts-session',
    endsAlone: true,
    parse: (config) =>
      config instanceof Object && !Array.isArray(config)
        ? { config: config as Record<string, never> }
        : { problems: ['is not a mapping; write roleArn: or statements:'] },
    use: () => `Use ${name}.`,
    ...more,
  };
}
