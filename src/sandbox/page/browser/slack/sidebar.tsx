import { unread, type Conversation } from './messages/unread.js';

/** Channels and direct messages, with what is new in them. */
export function Sidebar({
  team,
  places,
  open,
  seen,
  onOpen,
}: {
  team: string;
  places: Conversation[];
  open: Conversation;
  seen: Record<string, string>;
  onOpen: (id: string) => void;
}) {
  const group = (title: string, members: Conversation[]) => (
    <>
      <h3>{title}</h3>
      <ul>
        {members.map((place) => {
          const count = unread(place, seen[place.id]);
          return (
            <li key={place.id}>
              <button
                type="button"
                class={count > 0 ? 'unread' : ''}
                {...(place.id === open.id && { 'aria-current': 'page' as const })}
                onClick={() => onOpen(place.id)}
              >
                <span>
                  <span aria-hidden="true">{place.dm ? '◆' : '#'} </span>
                  {place.name}
                  {place.shared && <small> shared</small>}
                </span>
                {count > 0 && (
                  <span class="slack-count">
                    {count}
                    <span class="slack-unseen"> unread</span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
  return (
    <nav class="slack-sidebar" aria-label="Channels and direct messages">
      <h2>{team}</h2>
      {group(
        'Channels',
        places.filter(({ dm }) => !dm),
      )}
      {group(
        'Apps',
        places.filter(({ dm }) => dm),
      )}
    </nav>
  );
}
