import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Drawn } from './fields.js';
import { On } from '../surroundings.js';
import { textIn } from './values.js';

type Suggestion = { text: string; value: string };
/** Real milliseconds without a key, before the bot is asked. */
const PAUSE = 200;
const LETTERS = 3;

/** Type-ahead: the bot is asked for what fits. Arrow keys, Enter and Escape as in the ARIA practices. */
export function Combobox({ field, ties }: Drawn) {
  const { shown, words, pick, frozen } = useContext(On);
  const least = field.element['min_query_length'];
  const { query, setQuery, found, at, setAt, close } = useSuggestions(field);
  const [picked, setPicked] = useState<Suggestion>();
  const value = shown(field);
  const chosen = value === null ? '' : picked?.value === value ? picked.text : words(field) || String(value);
  const listId = `${ties.id}-list`;

  function take(one: Suggestion): void {
    setPicked(one);
    pick(field, one.value);
    close();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' && !found) setQuery((now) => now ?? '');
    // Enter would submit the form while the bot is being asked.
    if (!found && event.key === 'Enter' && query !== undefined) event.preventDefault();
    if (!found) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const one = found[at];
    if (step !== undefined && found.length > 0) setAt((at + step + found.length) % found.length);
    else if (event.key === 'Enter' && one) take(one);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="slack-combobox">
      <input
        {...ties}
        type="text"
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={found !== undefined}
        aria-controls={listId}
        {...(found?.[at] && { 'aria-activedescendant': `${listId}-${at}` })}
        disabled={frozen}
        placeholder={textIn(field.element['placeholder']) || 'Type to search…'}
        value={query ?? chosen}
        onInput={(event) => {
          const { value: typed } = event.currentTarget;
          setQuery(typed);
          if (typed === '' && value !== null) pick(field, null);
        }}
        onKeyDown={onKeyDown}
        onFocus={() => least === 0 && setQuery((now) => now ?? chosen)}
        onBlur={close}
      />
      <Suggestions id={listId} found={found} at={at} take={take} />
    </div>
  );
}

/** What has been typed, what the bot found for it, and which of that is marked. */
function useSuggestions(field: Drawn['field']) {
  const { suggest } = useContext(On);
  const least = field.element['min_query_length'];
  const [query, setQuery] = useState<string>();
  const [found, setFound] = useState<Suggestion[]>();
  const [at, setAt] = useState(-1);
  const asked = useRef(0);

  useEffect(() => {
    const mine = ++asked.current;
    if (query === undefined || query.length < (typeof least === 'number' ? least : LETTERS)) {
      setFound(undefined);
      return undefined;
    }
    const timer = setTimeout(async () => {
      const options = await suggest(field, query);
      // A slower answer to an earlier question must not replace a later one.
      if (asked.current === mine) {
        setFound(options);
        setAt(options.length > 0 ? 0 : -1);
      }
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [query]);

  function close(): void {
    asked.current++;
    setQuery(undefined);
    setFound(undefined);
    setAt(-1);
  }
  return { query, setQuery, found, at, setAt, close };
}

function Suggestions(props: {
  id: string;
  found: Suggestion[] | undefined;
  at: number;
  take(one: Suggestion): void;
}) {
  const { id, found, at, take } = props;
  return (
    <>
      <ul id={id} role="listbox" aria-label="Suggestions" hidden={found === undefined}>
        {found?.map((one, index) => (
          <li
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            // The field would lose the focus, and the list with it, before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(one)}
          >
            {one.text}
          </li>
        ))}
      </ul>
      {found?.length === 0 && (
        <p class="slack-hint" role="status">
          Nothing fits.
        </p>
      )}
    </>
  );
}
