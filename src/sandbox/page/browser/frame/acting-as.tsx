import type { PageSnapshot } from '../../model/model.js';
import { byRole } from '../words.js';

/** Whose page this is. It stands in the address, so two tabs can be two people. */
export function ActingAs({ snapshot, become }: { snapshot: PageSnapshot; become(id: string): void }) {
  const roles = byRole(snapshot.people.filter(({ actable }) => actable));
  return (
    <label class="acting-as" data-tour="as">
      <span>Acting as</span>
      <select value={snapshot.me} onChange={(event) => become(event.currentTarget.value)}>
        {roles.map(([role, people]) => (
          <optgroup key={role} label={role}>
            {people.map(({ id, realName }) => (
              <option key={id} value={id} selected={id === snapshot.me}>
                {realName} · {role}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
