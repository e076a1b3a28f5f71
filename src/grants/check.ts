/** IAM takes U+0020 to U+00FF in a policy document, nothing else. */
const POLICY_TEXT = /^[\u0020-\u00FF]+$/;

/** Reports each key that is not one of `known`. */
export function onlyKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  where: string,
  problems: string[],
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      problems.push(`${where}: "${key}" is not known here; write one of ${known.join(', ')}`);
    }
  }
}

/** Reads one text or a list of texts, each of which may stand in a policy document; reports what is not. */
export function texts(value: unknown, where: string, problems: string[]): string[] {
  const list: unknown[] = [value].flat();
  if (list.length === 0) problems.push(`${where} is an empty list: name at least one, or leave it out`);
  return list.flatMap((item) => {
    if (typeof item !== 'string' || item === '') {
      problems.push(`${where} must be text, or a list of texts`);
      return [];
    }
    if (!POLICY_TEXT.test(item)) {
      problems.push(`${where}: "${item}" has a character that IAM does not take (only U+0020 to U+00FF)`);
      return [];
    }
    return [item];
  });
}
