import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The distribution's browser without a window, which needs half the time of the one with; where it has none, Playwright's own.
const browsers = [process.env.CHROME_PATH, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const port = Number(process.env.LUTONG_PORT ?? 3100);

// Every journey runs with scripts and, where it is marked so by its folder, without: tests/both runs twice.
export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: false,
  workers: 2,
  retries: 0,
  reporter: [['list']],
  globalSetup: './start.ts',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: browsers.find((browser) => browser && existsSync(browser)),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
  projects: [
    { name: 'scripts on', testMatch: /.*\.spec\.ts/ },
    { name: 'scripts off', testMatch: /both\/.*\.spec\.ts/, use: { javaScriptEnabled: false } },
  ],
});
