import type { PoliciesView } from '../../model/model.js';

export function LostBanner() {
  return (
    <p class="banner danger" role="alert">
      The sandbox has stopped; start it again with <code>npm run sandbox</code>
    </p>
  );
}

/** A broken edit: nothing has changed for anybody, and somebody should know. */
export function PolicyBanner({ policies }: { policies: PoliciesView }) {
  if (policies.problems.length === 0) return null;
  return (
    <div class="banner danger" role="alert">
      <strong>
        The policies in <code>{policies.folder}</code> do not load; the last good ones stay in force.
      </strong>
      <Lines of={policies.problems} />
    </div>
  );
}

export function NotReady({ policies }: { policies: PoliciesView }) {
  return (
    <main class="not-ready">
      <h1>
        jit <span>sandbox</span>
      </h1>
      <h2>There are no policies yet</h2>
      <p>
        Who may ask for what stands in <code>{policies.folder}</code>, and nothing could be loaded from there.
        Mend the files and save them: this page goes on by itself.
      </p>
      {policies.problems.length > 0 && (
        <div class="banner danger" role="alert">
          <strong>What is wrong</strong>
          <Lines of={policies.problems} />
        </div>
      )}
    </main>
  );
}

export function Lines({ of: lines }: { of: string[] }) {
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line}>
          <code>{line}</code>
        </li>
      ))}
    </ul>
  );
}
