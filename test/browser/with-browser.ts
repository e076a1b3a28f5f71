import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Tests that need a browser: where there is none they say so instead, and fail in CI, which must have it. */
export function describeWithBrowser(name: string, tests: (browser: () => Browser) => void): void {
  describe(name, () => {
    const executablePath = PLACES.find((place) => existsSync(place));
    if (executablePath === undefined) {
      test('is not tested here: it needs Chromium, so install it to run these tests', () => {
        expect(process.env['CI']).toBeUndefined();
      });
      return;
    }
    let browser: Browser;
    beforeAll(async () => {
      // A container's root may not make the sandbox of its own that Chromium wants.
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    });
    afterAll(() => browser.close());
    tests(() => browser);
  });
}
