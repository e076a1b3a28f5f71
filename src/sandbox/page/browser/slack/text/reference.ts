/** What stands between `<` and `>` in mrkdwn. */
export type Reference =
  | { kind: 'user' | 'channel' | 'group'; id: string; label?: string }
  | { kind: 'everyone'; who: string }
  | { kind: 'date'; seconds: number; format: string; href?: string; fallback: string }
  | { kind: 'link'; href: string; text: string };

/**
 * Reads one, already without its angle brackets.
 * @returns nothing where Slack would show the text as it stands
 */
export function reference(inside: string): Reference | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : plainOf(inside.slice(bar + 1));
  const labelled = label === '' ? {} : { label };
  const mentioned = /^(@|#|!subteam\^)(\w{1,40})$/.exec(target);
  if (mentioned) {
    const kind = mentioned[1] === '@' ? 'user' : mentioned[1] === '#' ? 'channel' : 'group';
    return { kind, id: mentioned[2]!, ...labelled };
  }
  if (/^!(?:here|channel|everyone)$/.test(target)) return { kind: 'everyone', who: target.slice(1) };
  if (target.startsWith('!date^')) return date(target, label);
  const href = hrefOf(plainOf(target));
  return href === undefined ? undefined : { kind: 'link', href, text: label || plainOf(target) };
}

function date(target: string, fallback: string): Reference | undefined {
  const [, seconds = '', format = '', link] = target.split('^');
  const href = link === undefined ? undefined : hrefOf(plainOf(link));
  const at = /^-?\d{1,16}$/.test(seconds) ? Number(seconds) : NaN;
  return {
    kind: 'date',
    seconds: at,
    format: plainOf(format),
    fallback,
    ...(href !== undefined && { href }),
  };
}

/** Only what may be followed: never `javascript:`, `data:` and their like. */
export function hrefOf(url: string): string | undefined {
  return /^(?:https?:\/\/|mailto:)[^\s]+$/i.test(url) && URL.canParse(url) ? url : undefined;
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Text without its escapes; each is undone once, so that `&amp;lt;` reads `&lt;`. */
export function plainOf(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}
