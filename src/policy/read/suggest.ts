/**
 * Ends a message about an unknown name: the near miss if there is one, else what is known.
 * @param what the plural of what is known: `groups`
 */
export function suggest(written: string, known: Iterable<string>, what: string): string {
  const names = [...known];
  const near = nearest(written, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (names.length === 0) return `there are no ${what} yet`;
  const more = names.length > 10 ? `, … (${names.length} in all)` : '';
  return `the ${what} are ${names.slice(0, 10).join(', ')}${more}`;
}

/** `unknown group "enginers"; did you mean "engineers"?` */
export function unknown(what: string, name: string, known: Iterable<string>): string {
  return `unknown ${what} "${name}"; ${suggest(name, known, `${what}s`)}`;
}

/** The known name that differs by a slip of the pen, at most a third of its letters; case does not count. */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = edits(written.toLowerCase().slice(0, 64), name.toLowerCase().slice(0, 64));
    if (distance <= Math.max(1, name.length / 3) && distance < (best?.distance ?? Infinity)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
