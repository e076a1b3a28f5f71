import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file for the browser. */
export interface Page {
  status: number;
  type: string;
  content: string | Buffer;
}

const SHELL = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>jit sandbox</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>The sandbox is a page that moves: allow it JavaScript, please. It comes from this machine alone.</noscript>
  </body>
</html>
`;

const NOT_BUILT: Page = {
  status: 500,
  type: 'text/plain',
  content:
    'The page of the sandbox is not built. Stop the sandbox, and start it with "npm run sandbox", which builds it first.\n',
};

const FILES: Record<string, { file: string; type: string }> = {
  'GET /page.js': { file: 'page.js', type: 'text/javascript' },
  'GET /page.css': { file: 'page.css', type: 'text/css' },
};

/** The page's own files; undefined for everything else. Read anew each time, so that a build is seen at once. */
export async function pageFor(asked: string, pageDir: string): Promise<Page | undefined> {
  try {
    if (asked === 'GET /') {
      await access(join(pageDir, 'page.js'));
      return { status: 200, type: 'text/html', content: SHELL };
    }
    const found = Object.hasOwn(FILES, asked) ? FILES[asked] : undefined;
    if (!found) return undefined;
    return { status: 200, type: found.type, content: await readFile(join(pageDir, found.file)) };
  } catch {
    return NOT_BUILT;
  }
}
