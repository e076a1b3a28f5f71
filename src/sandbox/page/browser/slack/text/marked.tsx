import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { isObject, str } from '../../../../slack/block-kit/schema.js';
import { dateText } from './date.js';
import { mrkdwn, type Inline, type Paragraph } from './mrkdwn.js';
import { Around } from '../surroundings.js';

/** A text object of Slack's: mrkdwn is read, plain text never. */
export function Words({ of }: { of: unknown }) {
  if (!isObject(of)) return null;
  if (of['type'] === 'mrkdwn') return <Paragraphs of={mrkdwn(str(of, 'text'))} />;
  return <p class="slack-text">{str(of, 'text')}</p>;
}

/** The same where no paragraphs may stand, as in a label. */
export function Inlined({ of }: { of: unknown }) {
  if (!isObject(of)) return null;
  if (of['type'] !== 'mrkdwn') return <>{str(of, 'text')}</>;
  return <Inlines of={mrkdwn(str(of, 'text')).flatMap(({ inside }) => inside)} />;
}

export function Paragraphs({ of }: { of: Paragraph[] }) {
  return (
    <>
      {of.map(({ kind, inside }) => {
        const words = <Inlines of={inside} />;
        if (kind === 'pre')
          return (
            <pre class="slack-pre" tabIndex={0}>
              {words}
            </pre>
          );
        if (kind === 'quote') return <blockquote class="slack-text">{words}</blockquote>;
        return <p class="slack-text">{words}</p>;
      })}
    </>
  );
}

function Inlines({ of }: { of: Inline[] }) {
  return (
    <>
      {of.map((one) => (
        <OneInline of={one} />
      ))}
    </>
  );
}

function OneInline({ of }: { of: Inline }) {
  const { people, channels, usergroups } = useContext(Around);
  switch (of.kind) {
    case 'text':
      return <>{of.text}</>;
    case 'bold':
    case 'italic':
    case 'strike':
    case 'code': {
      const Mark = MARKS[of.kind];
      return (
        <Mark>
          <Inlines of={of.inside} />
        </Mark>
      );
    }
    case 'user': {
      const person = people.find(({ id }) => id === of.id);
      return <span class="slack-mention">@{person?.realName ?? of.label ?? of.id}</span>;
    }
    case 'channel': {
      const channel = channels.find(({ id }) => id === of.id);
      return <span class="slack-mention">#{channel?.name ?? of.label ?? of.id}</span>;
    }
    case 'group': {
      const group = usergroups.find(({ id }) => id === of.id);
      return <span class="slack-mention">@{group?.handle ?? (of.label ?? of.id).replace(/^@/, '')}</span>;
    }
    case 'everyone':
      return <span class="slack-mention slack-everyone">@{of.who}</span>;
    case 'date':
      return <InstantIn of={of} />;
    case 'link':
      return <Away href={of.href}>{of.text}</Away>;
    default:
      return of satisfies never;
  }
}
const MARKS = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;

function InstantIn({ of }: { of: Extract<Inline, { kind: 'date' }> }) {
  const { reading } = useContext(Around);
  const text = dateText(of.format, of.seconds, reading);
  if (text === undefined) return <>{of.fallback}</>;
  const time = (
    <time dateTime={new Date(of.seconds * 1000).toISOString()} title={of.fallback}>
      {text}
    </time>
  );
  return of.href === undefined ? time : <Away href={of.href}>{time}</Away>;
}

function Away({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
