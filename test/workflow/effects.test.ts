import { EFFECTS } from '../../src/domain/request/effects.js';
import { CARRIED_OUT } from '../../src/workflow/engine/effects/index.js';

describe('what is owed', () => {
  test('has a row for each effect that there is, and no other', () => {
    expect(Object.keys(CARRIED_OUT).sort()).toEqual(Object.keys(EFFECTS).sort());
  });

  test('an effect without a row does not compile', () => {
    type Owed = keyof typeof EFFECTS;
    const complete: Record<Owed, unknown> = CARRIED_OUT;
    // @ts-expect-error -- "remind" has no row
    const lacking: Record<Owed | 'remind', unknown> = CARRIED_OUT;
    expect(lacking).toBe(complete);
  });
});
