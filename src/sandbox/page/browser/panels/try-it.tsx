import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageSnapshot, TriedCall, TryIt } from '../../model/model.js';
import { tryIt } from '../api.js';
import { sentenceOf } from '../frame/doing-it.js';
import { throttled } from '../throttle.js';
import { personOf, timeOf } from '../words.js';
import { actionsIn, suggestionsFor } from './suggestions.js';

type Call = Pick<TryIt, 'action' | 'resource'>;
const EACH = 1_000;

/** Asks AWS's double, and goes on asking: so the answer turns at the very end of the access. */
export function TryItBox({ snapshot, onTried }: { snapshot: PageSnapshot; onTried(tried: TriedCall): void }) {
  const me = personOf(snapshot.people, snapshot.me)!;
  const [typed, setTyped] = useState<Call>({ action: '', resource: '' });
  const [asked, setAsked] = useState<Call>();
  const answer = useAnswer(snapshot, asked, onTried);
  const suggestions = suggestionsFor(me, snapshot.aws);
  const ask = (call: Call) => {
    setTyped(call);
    setAsked({ action: call.action.trim(), resource: call.resource.trim() || '*' });
  };
  return (
    <section class="card try-it" aria-labelledby="try-title" data-tour="try">
      <h2 id="try-title">Try it</h2>
      <p class="hint">Would AWS allow {me.realName} this call now?</p>
      {suggestions.length > 0 && (
        <div class="suggestions" role="group" aria-label="Suggestions">
          {suggestions.map(({ label, action, resource }) => (
            <button
              key={`${label} ${action} ${resource}`}
              type="button"
              onClick={() => ask({ action, resource })}
              title={resource}
            >
              <code>{action}</code> {label}
            </button>
          ))}
        </div>
      )}
      <CallForm snapshot={snapshot} typed={typed} type={setTyped} ask={ask} />
      <Answer {...answer} asked={asked} />
    </section>
  );
}

function CallForm(props: {
  snapshot: PageSnapshot;
  typed: Call;
  type(call: Call): void;
  ask(call: Call): void;
}) {
  const { snapshot, typed, type, ask } = props;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask(typed);
      }}
    >
      <label class="field">
        <span>Action</span>
        <input
          required
          list="try-actions"
          placeholder="s3:GetObject"
          pattern=".+:.+"
          title="A service and an action, as in s3:GetObject"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          value={typed.action}
          onInput={({ currentTarget }) => type({ ...typed, action: currentTarget.value })}
        />
        <datalist id="try-actions">
          {actionsIn(snapshot.aws).map((action) => (
            <option key={action} value={action} />
          ))}
        </datalist>
      </label>
      <label class="field">
        <span>Resource</span>
        <input
          placeholder="* or an ARN"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          value={typed.resource}
          onInput={({ currentTarget }) => type({ ...typed, resource: currentTarget.value })}
        />
      </label>
      <button type="submit" class="primary">
        Try
      </button>
    </form>
  );
}

interface Known {
  tried?: TriedCall;
  problem?: string;
}

function useAnswer(
  snapshot: PageSnapshot,
  asked: Call | undefined,
  onTried: (tried: TriedCall) => void,
): Known {
  const [known, setKnown] = useState<Known>({});
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    if (!asked) return undefined;
    let left = false;
    const asking = throttled(async () => {
      try {
        const tried = await tryIt({ as: snapshot.me, ...asked });
        if (left) return;
        setKnown({ tried });
        onTried(tried);
      } catch (error) {
        if (!left) setKnown({ problem: sentenceOf(error) });
      }
    }, EACH / 10);
    again.current = asking.want;
    asking.want();
    const timer = setInterval(asking.want, EACH);
    return () => {
      left = true;
      clearInterval(timer);
      asking.stop();
    };
  }, [asked, snapshot.me]);
  useEffect(() => again.current(), [snapshot]);
  return known;
}

function Answer({ tried, problem, asked }: Known & { asked: Call | undefined }) {
  // Only the word itself is announced: the time beside it changes each second.
  return (
    <>
      <div role="status" class="verdict-place">
        {tried && (
          <strong class={`verdict ${tried.allowed ? 'ok' : 'danger'}`}>
            <span aria-hidden="true">{tried.allowed ? '✓' : '✗'}</span> {tried.allowed ? 'Allowed' : 'Denied'}
          </strong>
        )}
        {problem !== undefined && <span class="problem">{problem}</span>}
      </div>
      {tried && asked && (
        <div class="why">
          <p class="about">
            <code>{asked.action}</code> on <code>{asked.resource}</code> at {timeOf(tried.at)}
            {tried.call && `, from ${tried.call.sourceIp}, in ${tried.call.region}`}
          </p>
          {tried.by.length === 0 && <p class="hint">This person holds no principal in AWS at all.</p>}
          <ul>
            {tried.by.map(({ principal, allowed, why }) => (
              <li key={principal}>
                <span class={allowed ? 'ok' : 'danger'} aria-hidden="true">
                  {allowed ? '✓' : '✗'}
                </span>{' '}
                <code>{principal}</code>
                <span class="because">
                  {allowed ? 'Allowed' : 'Denied'}: {why}
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
