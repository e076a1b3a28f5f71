import type { Modal } from '../../../slack/surface.js';
import { Blocks } from './blocks.js';
import type { Perform } from './doing.js';
import { On, type Surface } from './surroundings.js';

/** The Home tab of the app. */
export function HomeTab({ home, act }: { home: Modal | undefined; act: Perform }) {
  return (
    <section class="slack-messages" aria-label="Home of jit" tabIndex={0}>
      {home ? (
        <On.Provider value={surface(home, act)}>
          <Blocks of={home.view.blocks} />
        </On.Provider>
      ) : (
        <p class="slack-hint">Nothing has been drawn here yet.</p>
      )}
    </section>
  );
}

/** It has no fields, only buttons and menus. */
function surface({ id }: Modal, act: Perform): Surface {
  const nothing = () => undefined;
  return {
    id: `home-${id}`,
    frozen: true,
    click: (action, value) => act({ do: 'click-home', action, ...(value !== undefined && { value }) }),
    shown: () => null,
    words: () => '',
    error: nothing,
    type: nothing,
    leave: nothing,
    pick: nothing,
    suggest: async () => [],
  };
}
