/** What a request carries for conditions and variables. Names of keys are compared without case. */
export type CallContext = Record<string, string | string[]>;

// A `*` or `?` that came out of a variable is a plain character; these stand for it until the pattern is compiled.
const STAR = '\uE000';
const MARK = '\uE001';

export function lookup(context: CallContext, key: string): string | string[] | undefined {
  const wanted = key.toLowerCase();
  const name = Object.keys(context).find((name) => name.toLowerCase() === wanted);
  return name === undefined ? undefined : context[name];
}

/**
 * Puts values in the place of policy variables: `${aws:username}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`.
 * @returns undefined when a variable has no value: what holds it then matches nothing.
 */
export function expand(text: string, context: CallContext): string | undefined {
  let missing = false;
  const expanded = text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
    if (inner === '*') return STAR;
    if (inner === '?') return MARK;
    if (inner === '$') return '$';
    const [, key = '', fallback] = /^\s*([^,]+?)\s*(?:,\s*'([^']*)')?\s*$/.exec(inner) ?? [];
    const value = lookup(context, key) ?? fallback;
    // A key of several values cannot be a variable.
    if (typeof value === 'string') return value.replaceAll('*', STAR).replaceAll('?', MARK);
    missing = true;
    return '';
  });
  return missing ? undefined : expanded;
}

/** Turns stand-ins back into the characters that they stand for, where no wildcards are in play. */
export function plain(expanded: string): string {
  return expanded.replaceAll(STAR, '*').replaceAll(MARK, '?');
}

/** `*` is any text, `?` any one character. */
export function glob(pattern: string, text: string, ignoreCase = false): boolean {
  return new RegExp(`^${sourceOf(pattern, '.')}$`, ignoreCase ? 'is' : 's').test(text);
}

/** @param one what `?` stands for, as a regular expression; `*` is any number of them */
function sourceOf(pattern: string, one: string): string {
  return pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', `${one}*`)
    .replaceAll('?', one)
    .replaceAll(STAR, '\\*')
    .replaceAll(MARK, '\\?');
}

/** Conditions on ARNs, section by section: a wildcard does not reach over one of the first five colons. */
export function arnLike(pattern: string, arn: string): boolean {
  const wanted = sections(pattern);
  const actual = sections(arn);
  if (wanted.length !== 6 || actual.length !== 6) return false;
  return wanted.every((section, position) => glob(section, actual[position] ?? ''));
}

/**
 * A `*` at the end of a section reaches over colons, one inside a section does not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceMatches(pattern: string, resource: string): boolean {
  if (pattern === '*') return true;
  const source = sections(pattern).map((section, position) =>
    position === 5 ? sourceOf(section, '.') : sourceOf(section, '[^:]').replace(/\[\^:\]\*$/, '.*'),
  );
  return new RegExp(`^${source.join(':')}$`, 's').test(resource);
}

function sections(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
