import type { Entitlement } from '../../src/domain/entitlement.js';
import { searchOver } from '../../src/workflow/front/suggest/search.js';
import { world } from '../support/world.js';

const { entitlement } = world();
const entry = (id: string, name: string, more: Partial<Entitlement> = {}): Entitlement => {
  return { ...entitlement, id, name, description: '', environment: 'production', ...more };
};
const CATALOG = [
  entry('reports', 'Reports on orders', { description: 'Monthly figures.' }),
  entry('legacy-orders', 'Old shop'),
  entry('reorders', 'Repeat sales'),
  entry('orders-db-admin', 'Orders database admin'),
  entry('crm', 'Café & Küche', { tags: { team: 'Payments' }, environment: 'staging' }),
  entry('vault', 'Vault', { description: 'Holds what the orders service keeps secret.' }),
];
const search = searchOver(CATALOG);
const find = (query: string, prefer: (entitlement: Entitlement) => number = () => 0) =>
  search(query, prefer).map(({ id }) => id);

describe('searching the catalog', () => {
  test.each([
    ['nothing fits', 'kubernetes', []],
    ['every word has to be there', 'orders kubernetes', []],
    [
      'what begins with it is first, then words, then parts of words, then what is said of it',
      'orders',
      ['orders-db-admin', 'reports', 'legacy-orders', 'reorders', 'vault'],
    ],
    ['an id with its separators', 'orders-db', ['orders-db-admin']],
    ['words in any order', 'admin orders', ['orders-db-admin']],
    ['any case', 'ORDERS DB', ['orders-db-admin']],
    ['without the accents', 'cafe kuche', ['crm']],
    ['with accents that are written in another way', 'Cafe\u0301', ['crm']],
    ['by tag', 'payments', ['crm']],
    ['by environment', 'staging', ['crm']],
    ['a pattern is a text', '.*', CATALOG.map(({ id }) => id)],
  ])('%s: %s', (_, query, ids) => {
    expect(find(query)).toEqual(ids);
  });

  test('an empty query fits everything, in the catalog’s order', () => {
    for (const query of ['', '   ', '\n', '--']) expect(find(query)).toEqual(CATALOG.map(({ id }) => id));
  });

  test('what is preferred goes before its equals, and not before what fits better', () => {
    const prefer = ({ id }: Entitlement) => ({ vault: 0, reorders: 0, 'legacy-orders': 0 })[id] ?? 2;
    expect(find('orders', prefer)).toEqual([
      'orders-db-admin',
      'legacy-orders',
      'reports',
      'reorders',
      'vault',
    ]);
    expect(find('', prefer).slice(0, 3)).toEqual(['legacy-orders', 'reorders', 'vault']);
  });

  test('a monstrous query is cut, and costs little', () => {
    expect(find(`orders ${'x'.repeat(1e6)}`)).toEqual([]);
    expect(find('orders '.repeat(200_000))).toContain('vault');
  });
});
