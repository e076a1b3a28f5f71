import { Fragment } from 'preact';
import type { JsonObject } from '../../../../domain/entitlement.js';
import { short, timeOf } from '../words.js';
import { decisionOf } from './decision-words.js';

/** What the policies said, each time they were asked about this request. */
export function Decisions({ decisions }: { decisions: JsonObject[] }) {
  return (
    <section class="card" aria-labelledby="decisions-title">
      <h2 id="decisions-title">
        Policy decisions <span class="count">{decisions.length}</span>
      </h2>
      {decisions.length === 0 && <p class="hint">None is in this process's log.</p>}
      <ol class="decisions">
        {decisions.map((line, index) => (
          // A log only grows.
          <li key={index}>
            <Decision line={line} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Decision({ line }: { line: JsonObject }) {
  const { at, question, outcome, granted, chain, policies, errors, bundle, inputs } = decisionOf(line);
  return (
    <>
      <p>
        {question} <span class={`badge ${granted ? 'ok' : 'danger'}`}>{outcome}</span>
      </p>
      <dl class="facts">
        {chain !== undefined && (
          <>
            <dt>Who must agree</dt>
            <dd>{chain}</dd>
          </>
        )}
        <dt>Policies</dt>
        <dd>
          {policies.length === 0 ? 'none permits it' : policies.map((id) => <code key={id}>{id}</code>)}
        </dd>
        {errors.length > 0 && (
          <>
            <dt>Errors</dt>
            <dd>{errors.join('; ')}</dd>
          </>
        )}
        {inputs.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
        <dt>Bundle</dt>
        <dd>
          <code title={bundle}>{short(bundle)}</code>
          {!Number.isNaN(at) && ` at ${timeOf(at)}`}
        </dd>
      </dl>
      <details>
        <summary>JSON</summary>
        <pre tabIndex={0}>{JSON.stringify(line, null, 2)}</pre>
      </details>
    </>
  );
}
