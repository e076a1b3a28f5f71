import { sandboxClock } from '../../src/sandbox/clock.js';
import { workingHour } from '../../src/sandbox/working-hour.js';

const MINUTE = 60_000;
const START = Date.parse('2026-11-20T10:00:00Z');

describe('the clock of the sandbox', () => {
  beforeEach(() => jest.useFakeTimers({ now: 5_000_000 }));
  afterEach(() => jest.useRealTimers());
  const started = () => sandboxClock(() => Date.now(), START);

  test('goes as time goes, from where it was set', () => {
    const clock = started();
    jest.advanceTimersByTime(1_500);
    expect(clock.now()).toBe(START + 1_500);
  });

  test('never goes back', () => {
    const clock = started();
    clock.advance(-MINUTE);
    expect(clock.now()).toBe(START);
    clock.setRate(60);
    jest.advanceTimersByTime(1_000);
    clock.setRate(1);
    expect(clock.now()).toBe(START + MINUTE);
  });

  test('a timer waits in its time, whatever the pace', () => {
    const clock = started();
    const rung: string[] = [];
    clock.after(10 * MINUTE, () => rung.push('ten'));
    clock.after(2 * MINUTE, () => rung.push('two'));
    jest.advanceTimersByTime(MINUTE);
    expect(rung).toEqual([]);
    clock.setRate(60);
    jest.advanceTimersByTime(1_000);
    expect(rung).toEqual(['two']);
    jest.advanceTimersByTime(8_000);
    expect(rung).toEqual(['two', 'ten']);
  });

  test('moved past several timers, it rings each once, the earliest first', () => {
    const clock = started();
    const rung: string[] = [];
    clock.after(10 * MINUTE, () => rung.push('ten'));
    clock.after(2 * MINUTE, () => {
      rung.push('two');
      clock.after(MINUTE, () => rung.push('again'));
    });
    clock.advance(60 * MINUTE);
    jest.advanceTimersByTime(1);
    expect(rung).toEqual(['two', 'ten']);
    clock.advance(MINUTE);
    jest.advanceTimersByTime(1);
    expect(rung).toEqual(['two', 'ten', 'again']);
  });

  test('a cancelled timer does not ring, not even when another cancels it as both are due', () => {
    const clock = started();
    const rung: string[] = [];
    const later = clock.after(2 * MINUTE, () => rung.push('later'));
    clock.after(MINUTE, () => clock.cancel(later));
    clock.cancel(undefined);
    clock.advance(3 * MINUTE);
    jest.advanceTimersByTime(1);
    expect(rung).toEqual([]);
  });

  test('a timer further off than Node can wait still waits', () => {
    const clock = started();
    const rung: string[] = [];
    clock.after(40 * 24 * 60 * MINUTE, () => rung.push('at last'));
    jest.advanceTimersByTime(39 * 24 * 60 * MINUTE);
    expect(rung).toEqual([]);
    jest.advanceTimersByTime(24 * 60 * MINUTE);
    expect(rung).toEqual(['at last']);
  });

  test('says when it was moved or hurried, until one stops listening; stopped, it rings no more', () => {
    const clock = started();
    const heard = jest.fn();
    const stop = clock.onChange(heard);
    clock.advance(MINUTE);
    clock.setRate(60);
    expect(heard).toHaveBeenCalledTimes(2);
    stop();
    clock.advance(MINUTE);
    expect(heard).toHaveBeenCalledTimes(2);
    const rung = jest.fn();
    clock.after(MINUTE, rung);
    clock.stop();
    jest.advanceTimersByTime(2 * MINUTE);
    expect(rung).not.toHaveBeenCalled();
  });
});

describe('the hour at which the sandbox begins', () => {
  test.each([
    ['now, where people are at work', '2026-11-20T10:07:30Z', '2026-11-20T10:07:30.000Z'],
    ['this morning, before work', '2026-11-20T03:10:00Z', '2026-11-20T08:00:00.000Z'],
    ['tomorrow morning, late in the day', '2026-11-19T15:00:00Z', '2026-11-20T08:00:00.000Z'],
    ['Monday, on Friday evening', '2026-11-20T20:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['Monday, after the clocks went back on Sunday', '2026-10-24T10:00:00Z', '2026-10-26T08:00:00.000Z'],
  ])('is %s', (_, now, begins) => {
    expect(new Date(workingHour(Date.parse(now), 'Europe/Berlin')).toISOString()).toBe(begins);
  });
});
