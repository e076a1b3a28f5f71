/**
 * How many times as much of the processor's time something takes when it is given four times as much: about 4 where each
 * part costs the same, 16 where each is compared with each. The quickest of a few tries counts, since whatever else the
 * machine does only adds.
 * @param make what is measured, for a size
 */
export async function growth(size: number, make: (size: number) => () => unknown): Promise<number> {
  const [small, large] = [make(size), make(4 * size)];
  const least = { small: Infinity, large: Infinity };
  await small();
  for (let n = 0; n < 4; n++) {
    least.small = Math.min(least.small, await cost(small));
    least.large = Math.min(least.large, await cost(large));
  }
  return least.large / least.small;
}

/** The processor's time, of this process, in microseconds. */
export async function cost(work: () => unknown): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return Math.max(1, user + system);
}
