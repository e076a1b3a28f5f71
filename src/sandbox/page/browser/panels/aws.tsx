import type { JsonObject } from '../../../../domain/entitlement.js';
import type { PrincipalView, SessionView, PageSnapshot, TriedCall } from '../../model/model.js';
import { inWords, nameOf, personOf } from '../words.js';
import { isTheirs, nameIn } from './suggestions.js';
import { TryItBox } from './try-it.js';

/** What AWS holds at this moment, and what it would say. */
export function AwsPanel(props: { snapshot: PageSnapshot; now: number; onTried(tried: TriedCall): void }) {
  const { snapshot, now, onTried } = props;
  const { aws, people } = snapshot;
  const me = personOf(people, snapshot.me)!;
  const own = (principal: PrincipalView) => personOf(people, principal.owner)?.id === me.id;
  const temporary = ({ policies }: PrincipalView) => policies.some((policy) => policy.temporary);
  // First what is temporary, then one's own.
  const rank = (one: PrincipalView) => (temporary(one) ? 0 : 2) + (own(one) ? 0 : 1);
  const principals = aws.principals.toSorted((a, b) => rank(a) - rank(b));
  const first = principals.filter((one) => own(one) || temporary(one));
  const rest = principals.filter((one) => !first.includes(one));
  const drawn = (some: PrincipalView[]) =>
    some.map((principal) => (
      <Principal
        key={principal.arn}
        principal={principal}
        owner={personOf(people, principal.owner)?.realName ?? principal.owner}
      />
    ));
  // One's own, then other people's, then those in which jit itself works.
  const closeness = (session: SessionView) =>
    isTheirs(me, session) ? 2 : session.sourceIdentity === undefined ? 0 : 1;
  const sessions = aws.sessions
    .filter(({ expiresAt }) => expiresAt > now)
    .toSorted((a, b) => closeness(b) - closeness(a) || b.issuedAt - a.issuedAt);
  return (
    <>
      <TryItBox snapshot={snapshot} onTried={onTried} />
      <section class="card" aria-labelledby="sessions-title">
        <h2 id="sessions-title">
          Live sessions <span class="count">{sessions.length}</span>
        </h2>
        {sessions.length === 0 && (
          <p class="hint">None. Who has access opens one with the button in their direct messages.</p>
        )}
        {sessions.map((session) => (
          <Session
            key={session.accessKeyId}
            session={session}
            who={nameOf(people, session.sourceIdentity ?? 'no source identity')}
            now={now}
          />
        ))}
      </section>
      <section class="card" aria-labelledby="principals-title">
        <h2 id="principals-title">
          IAM users and roles <span class="count">{principals.length}</span>
        </h2>
        {drawn(first)}
        {rest.length > 0 && (
          <details>
            <summary>{rest.length} more, on which nothing is temporary</summary>
            {drawn(rest)}
          </details>
        )}
      </section>
    </>
  );
}

function Session({ session, who, now }: { session: SessionView; who: string; now: number }) {
  const { role, arn, accessKeyId, tags, policies, expiresAt } = session;
  const request = tags['jit:request'];
  return (
    <article class="entry">
      <h3 title={arn}>{nameIn(role)}</h3>
      <p class="about">
        {who} · expires in <strong>{inWords(expiresAt - now)}</strong>
        <br />
        <code>{accessKeyId}</code>
        {request !== undefined && (
          <>
            {' '}
            for <code title={`session tag jit:request = ${request}`}>{request}</code>
          </>
        )}
      </p>
      {policies.map(({ name, document }) => (
        <Policy key={name} name={name} document={document} />
      ))}
    </article>
  );
}

function Principal({ principal, owner }: { principal: PrincipalView; owner: string | undefined }) {
  const { arn, type, account, name, policies } = principal;
  const [temporary, standing] = [true, false].map((wanted) =>
    policies.filter((policy) => policy.temporary === wanted),
  );
  return (
    <article class="entry">
      <h3 title={arn}>
        {name} <span class="badge">{type}</span>
      </h3>
      <p class="about">
        {owner !== undefined && `${owner} · `}account <code>{account}</code>
      </p>
      {temporary?.map((policy) => (
        <Policy key={policy.name} name={policy.name} document={policy.document} temporary />
      ))}
      {standing && standing.length > 0 && (
        <details>
          <summary>
            {standing.length} standing {standing.length === 1 ? 'policy' : 'policies'}
          </summary>
          {standing.map((policy) => (
            <Policy key={policy.name} name={policy.name} document={policy.document} />
          ))}
        </details>
      )}
    </article>
  );
}

function Policy(props: { name: string; document: JsonObject; temporary?: boolean }) {
  const { name, document, temporary } = props;
  return (
    <details open={temporary}>
      <summary>
        <code>{name}</code> {temporary && <span class="badge accent">temporary</span>}
      </summary>
      <pre tabIndex={0}>{JSON.stringify(document, null, 2)}</pre>
    </details>
  );
}
