import type { PoliciesView, PageSnapshot, Trouble } from '../../model/model.js';
import { TROUBLES } from '../../model/model.js';
import { makeTrouble, switchBot } from '../api.js';
import { Lines } from '../frame/banners.js';
import { useErrand } from '../frame/doing-it.js';
import { dayOf, short, timeOf } from '../words.js';

const FRIENDLY: Record<Trouble, string> = {
  none: 'Slack works',
  slow: 'Slack is slow',
  'rate-limited': 'Slack answers “too many requests” (429)',
  'error-500': 'Slack answers with an error (500)',
  'answers-lost': 'Slack does it, but its answers are lost',
  unreachable: 'Slack cannot be reached',
};

/** What can be broken on purpose, and what is in force. */
export function ControlsPanel({ snapshot }: { snapshot: PageSnapshot }) {
  return (
    <>
      <BotSwitch {...snapshot.bot} />
      <SlackTrouble snapshot={snapshot} />
      <Policies {...snapshot.policies} />
    </>
  );
}

function BotSwitch({ running, problem }: PageSnapshot['bot']) {
  const errand = useErrand();
  return (
    <section class="card" aria-labelledby="bot-title">
      <h2 id="bot-title">The bot</h2>
      <div class="row">
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={running}
          aria-labelledby="bot-state"
          disabled={errand.busy}
          onClick={() => errand.run(() => switchBot({ running: !running }))}
        />
        <span id="bot-state" aria-live="polite">
          The bot is <strong>{running ? 'running' : 'stopped'}</strong>
        </span>
      </div>
      <p class="hint">
        Access ends on the second while the bot is stopped, too: the end stands in what AWS was given. Stop
        it, let the clock run past an end, and try a call in the AWS panel.
      </p>
      {[problem, errand.problem].map(
        (text) =>
          text !== undefined && (
            <p key={text} class="problem" role="alert">
              {text}
            </p>
          ),
      )}
    </section>
  );
}

function SlackTrouble({ snapshot: { trouble, refusedCalls } }: { snapshot: PageSnapshot }) {
  const errand = useErrand();
  return (
    <section class="card" aria-labelledby="trouble-title">
      <h2 id="trouble-title">Trouble with Slack</h2>
      <label class="field">
        <span>How Slack answers the bot</span>
        <select
          value={trouble}
          onChange={({ currentTarget }) => {
            const wanted = TROUBLES.find((one) => one === currentTarget.value) ?? 'none';
            errand.run(() => makeTrouble({ trouble: wanted }));
          }}
        >
          {TROUBLES.map((one) => (
            <option key={one} value={one} selected={one === trouble}>
              {FRIENDLY[one]}
            </option>
          ))}
        </select>
      </label>
      <p class="hint">What the bot could not say, it says again later. Access does not wait for Slack.</p>
      {errand.problem !== undefined && (
        <p class="problem" role="alert">
          {errand.problem}
        </p>
      )}
      {refusedCalls.length > 0 && (
        <details>
          <summary>Slack refused {refusedCalls.length} of the bot's calls</summary>
          <Lines
            of={refusedCalls.map(
              ({ at, method, error, details }) =>
                `${timeOf(at)} ${method}: ${[error, ...details].join('; ')}`,
            )}
          />
        </details>
      )}
    </section>
  );
}

function Policies({ folder, hash, loadedAt, problems, warnings }: PoliciesView) {
  return (
    <section class="card" aria-labelledby="policies-title">
      <h2 id="policies-title">Policies</h2>
      <dl class="facts">
        <dt>Folder</dt>
        <dd>
          <code>{folder}</code>
        </dd>
        <dt>In force</dt>
        <dd>
          {hash === undefined ? 'nothing' : <code title={hash}>{short(hash)}</code>}
          {loadedAt !== undefined && ` since ${dayOf(loadedAt)}, ${timeOf(loadedAt)}`}
        </dd>
      </dl>
      <p class="hint" aria-live="polite">
        {problems.length > 0
          ? 'The folder as it is now does not load: see the top of the page.'
          : 'Edit a file there, save it, and it is in force at once.'}
      </p>
      {warnings.length > 0 && (
        <details>
          <summary>
            {warnings.length} {warnings.length === 1 ? 'warning' : 'warnings'}
          </summary>
          <Lines of={warnings} />
        </details>
      )}
    </section>
  );
}
