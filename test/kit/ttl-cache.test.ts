import { ttlCache } from '../../src/kit/ttl-cache.js';

describe('what is kept for a moment', () => {
  test('is gone after its time, and when the clock has gone back', () => {
    const kept = ttlCache<string>(10, 1000);
    kept.put('a', 'A', 5000);
    expect([4001, 5000, 5999].map((now) => kept.get('a', now))).toEqual(['A', 'A', 'A']);
    expect([4000, 6000].map((now) => kept.get('a', now))).toEqual([undefined, undefined]);
  });

  test('gives way, the oldest first, when there is too much', () => {
    const kept = ttlCache<string>(2, 1000);
    for (const key of ['a', 'b', 'a', 'c']) kept.put(key, key, 0);
    expect(['a', 'b', 'c'].map((key) => kept.get(key, 0))).toEqual(['a', undefined, 'c']);
  });

  test('is forgotten when it is dropped, and not when a younger one stands in its place', () => {
    const kept = ttlCache<string>(2, 1000);
    kept.put('a', 'A', 0);
    kept.put('b', 'B', 0);
    kept.drop('a', 'A');
    kept.drop('b', 'an older one');
    expect(['a', 'b'].map((key) => kept.get(key, 0))).toEqual([undefined, 'B']);
  });
});
