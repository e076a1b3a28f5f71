import { periodicJobs, type ProcessParts } from '../../src/workflow/jobs/index.js';
import { NO_PROCESS, world } from '../support/world.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A process whose policies and missing parts are watched, or made to fail. */
function given(process: Partial<ProcessParts> = {}) {
  const w = world();
  const begun: string[] = [];
  const jobs = periodicJobs(
    {
      ...w.deps,
      provisioners: {},
      notifier: w.notifier,
      store: {
        ...w.store,
        async note(name: string) {
          if (name === 'leavers') begun.push(name);
          return w.store.note(name);
        },
      },
      directory: { ...w.deps.directory, refresh: async () => void begun.push('groups') },
    },
    {
      refreshPolicies: async () => void begun.push('policies'),
      complete: async () => void begun.push('missing parts'),
      ...process,
    },
  );
  return {
    w,
    jobs,
    begun,
    times: (name: string) => begun.filter((one) => one === name).length,
    failures: () => w.log.filter(({ message }) => message.startsWith('a periodic job failed')),
  };
}

describe('periodic work', () => {
  test('is begun all at once at the first sweep', async () => {
    const { jobs, begun } = given();
    await jobs();
    expect([...begun].sort()).toEqual(['groups', 'leavers', 'missing parts', 'policies']);
  });

  test('is begun at each sweep, or when it is time for it', async () => {
    const { jobs, times, w } = given();
    await jobs();
    w.pass(20 * SECOND);
    await jobs();
    expect([times('groups'), times('leavers')]).toEqual([2, 1]);
    // What calls each minute comes a little early at times.
    w.pass(39 * SECOND);
    await jobs();
    expect([times('groups'), times('leavers')]).toEqual([3, 2]);
  });

  test('is begun though the clock was put back', async () => {
    const { jobs, times, w } = given();
    await jobs();
    w.pass(-2 * MINUTE);
    await jobs();
    expect(times('leavers')).toBe(2);
  });

  test('invariant 16: that fails is logged and begun again, and keeps no other from its turn', async () => {
    const { jobs, times, failures } = given({ refreshPolicies: () => Promise.reject(new Error('S3')) });
    await jobs();
    await jobs();
    expect(failures()).toHaveLength(2);
    expect(times('groups')).toBe(2);
  });

  test('invariant 16: that hangs is not begun a second time, and keeps no other from its turn', async () => {
    let asked = 0;
    let answer: () => void = () => undefined;
    const { jobs, times } = given({
      refreshPolicies() {
        asked++;
        return new Promise<void>((resolve) => (answer = resolve));
      },
    });
    const first = jobs();
    await new Promise((resolve) => setImmediate(resolve));
    const second = jobs();
    expect([asked, times('groups')]).toEqual([1, 2]);
    answer();
    await Promise.all([first, second]);
    void jobs();
    expect(asked).toBe(2);
  });

  test('without a process, is that of the engine alone', async () => {
    const { jobs, begun } = given(NO_PROCESS);
    await jobs();
    expect([...begun].sort()).toEqual(['groups', 'leavers']);
  });
});
