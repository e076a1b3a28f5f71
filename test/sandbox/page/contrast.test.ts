import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const css = readFileSync(join(resolve(__dirname, '../../../src/sandbox/page/browser'), 'style.css'), 'utf8');

/** The custom properties of one scheme; what the dark one does not name is as in the light one. */
function colours(scheme: 'light' | 'dark'): Record<string, string> {
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
  const read = (text: string) =>
    Object.fromEntries(
      [...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/gi)].map(([, name, hex]) => [name!, hex!]),
    );
  return scheme === 'light' ? read(light) : { ...read(light), ...read(dark) };
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(['light', 'dark'] as const)('the colours of the page, %s', (scheme) => {
  const all = colours(scheme);
  test.each([
    ['text', 'bg'],
    ['text', 'panel'],
    ['text', 'code-bg'],
    ['muted', 'bg'],
    ['muted', 'panel'],
    ['accent', 'panel'],
    ['accent-text', 'accent'],
    ['danger', 'panel'],
    ['ok', 'panel'],
  ])('%s on %s can be read: 4.5 to 1 (WCAG 2.2, AA)', (ink, paper) => {
    expect(all).toHaveProperty(ink);
    expect(all).toHaveProperty(paper);
    expect(contrast(all[ink]!, all[paper]!)).toBeGreaterThanOrEqual(4.5);
  });

  test('the mark of the focus can be seen: 3 to 1', () => {
    expect(contrast(all['focus']!, all['panel']!)).toBeGreaterThanOrEqual(3);
  });
});
