/** One line of the result. */
export interface Row {
  name: string;
  what: string;
  values: Record<string, number>;
  unit: string;
  /** What it should be; absent where a figure is only of interest. */
  aim?: string;
  met?: boolean;
}

/** How much is measured: `quick` only shows that it works, `full` is as large as the aim says. */
export type Size = 'quick' | 'usual' | 'full';

export interface Measure {
  name: string;
  run(size: Size): Promise<Row[]>;
}

/** The nearest-rank quantile of some samples; 0 of none. */
export function quantile(samples: number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

/** How long most took, and the slowest. */
export function spread(samples: number[]): { p50: number; p99: number; max: number } {
  return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99), max: quantile(samples, 1) };
}

const WIDEST = 100;

/** The rows as people read them, in columns. */
export function table(rows: Row[]): string {
  const cells = rows.map(({ name, what, values, unit, aim, met }) => [
    name,
    what,
    Object.entries(values)
      .map(([label, value]) => `${label} ${short(value)}`)
      .join('  '),
    unit,
    aim ?? '',
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]);
  const lines = [['measure', 'what', 'values', 'unit', 'aim', ''], ...cells];
  // A list of calls is longer than a line: it pushes its own line apart, and no other.
  const widths = lines[0]!.map((_, column) =>
    Math.max(...lines.map((line) => line[column]!.length).filter((length) => length <= WIDEST)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
