const FAR = 3;

/** Of these names the three that look most like what was typed; none when nothing is near. */
export function nearMisses(word: string, names: string[]): string[] {
  return names
    .map((name) => ({ name, distance: likeness(word, name) }))
    .filter(({ distance }) => distance <= FAR)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

function likeness(word: string, name: string): number {
  if (word.length > 2 && name.includes(word)) return 1;
  const limit = Math.min(FAR, Math.floor(word.length / 2));
  const distance = edits(word, name);
  return distance <= limit ? distance : FAR + 1;
}

/** How many letters to add, drop or change (Levenshtein). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
