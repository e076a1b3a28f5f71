import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EFFECTS } from '../../src/domain/request/effects.js';
import { CARRIED_OUT } from '../../src/workflow/engine/effects/index.js';

const FOLDER = join(__dirname, '../../src/workflow/engine/effects');

describe('what is owed', () => {
  test('has a row for each effect that there is, and no other', () => {
    expect(Object.keys(CARRIED_OUT).sort()).toEqual(Object.keys(EFFECTS).sort());
  });

  test.each(Object.keys(EFFECTS))('%s is carried out by the file of that name', (type) => {
    expect(readdirSync(FOLDER)).toContain(`${type}.ts`);
    expect(readFileSync(join(FOLDER, 'index.ts'), 'utf8')).toContain(`from './${type}.js'`);
  });

  test('an effect without a row does not compile', () => {
    type Owed = keyof typeof EFFECTS;
    const complete: Record<Owed, unknown> = CARRIED_OUT;
    // @ts-expect-error -- "sing" has no row
    const lacking: Record<Owed | 'sing', unknown> = CARRIED_OUT;
    expect(lacking).toBe(complete);
  });
});
