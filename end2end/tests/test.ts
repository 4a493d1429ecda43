// The tests' own `test`: whatever the console complains of fails the test, policies of the page among it. And servers
// of one file alone, for tests that use records up, stop the server or set its clock.
import { expect, test as base, type BrowserContext } from '@playwright/test';
import { MORNING, PORT, serve, type Running } from '../serving';

export { expect };

// The provider's pages are not ours to mend.
export function listen(context: BrowserContext, origin: string, complaints: string[]) {
  context.on('console', (message) => {
    const { url } = message.location();
    if (url && !url.startsWith(`${origin}/`)) return;
    if (message.type() === 'error' || message.text().includes('Content Security Policy')) {
      complaints.push(`${message.text()} (${url})`);
    }
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
}

interface Fixtures {
  // A complaint that the test means to cause, such as the answer 404.
  meant: RegExp;
  complaints: string[];
}

export const test = base.extend<Fixtures>({
  meant: [/^$/, { option: true }],
  complaints: [
    async ({ context, baseURL, meant }, use) => {
      const complaints: string[] = [];
      listen(context, baseURL!, complaints);
      await use(complaints);
      expect(complaints.filter((complaint) => !meant.test(complaint))).toEqual([]);
    },
    { auto: true },
  ],
});

// A server with a registry of its own for all tests of the file; `running()` is it.
export function ownServer(now = MORNING): () => Running {
  let running: Running;
  const port = () => PORT + 10 * (1 + test.info().parallelIndex);
  test.use({ baseURL: async ({}, use) => use(`http://127.0.0.1:${port()}`) });
  test.beforeAll(async () => {
    running = await serve(port(), now);
  });
  test.afterAll(() => running.stop());
  return () => running;
}
