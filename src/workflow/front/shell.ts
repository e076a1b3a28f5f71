import { personLedger } from '../../domain/record/ledger.js';
import type { Front } from '../../ports/front.js';
import { shellOf, withShell } from '../shell-note.js';
import type { FrontDeps } from './deps.js';
import { asPerson, asPersonOnce } from './person.js';

/** Each lost race means that another write landed: of the person's own, or of their App Home. */
const TRIES = 10;

/** For which shell a person is shown credentials. */
export function choosingShell(deps: FrontDeps): Pick<Front, 'shell' | 'useShell'> {
  const { store } = deps;
  return {
    shell: (actor) =>
      asPerson(deps, actor, async ({ account }) => ({
        ok: shellOf(await store.ledger(personLedger(account))),
      })),
    useShell: (actor, shell, seen) =>
      asPersonOnce(deps, actor, seen, async ({ account }) => {
        const ledger = personLedger(account);
        for (let lost = 0; lost < TRIES; lost++) {
          const head = await store.ledger(ledger);
          const written = await store.append({ ...withShell(ledger, head, shell), seen });
          if (written === 'written') return { ok: shell };
          if (written === 'seen') return { refusal: { code: 'replayed' } };
        }
        return { refusal: { code: 'busy' } };
      }),
  };
}
