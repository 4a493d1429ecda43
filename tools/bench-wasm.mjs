// Runs a program of wasm32-unknown-unknown without imports in Chromium and prints the time for one of its cases.
// node tools/bench-wasm.mjs FILE CASES
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { chromium } = createRequire(new URL('../end2end/package.json', import.meta.url))('@playwright/test');

const [file, cases] = process.argv.slice(2);
const browsers = [process.env.CHROME_PATH, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const browser = await chromium.launch({ executablePath: browsers.find((path) => path && existsSync(path)) });
try {
  const page = await browser.newPage();
  const seconds = await page.evaluate(async (bytes) => {
    const module = await WebAssembly.compile(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)));
    const times = [];
    for (let round = 0; round < 5; round += 1) {
      const { exports } = await WebAssembly.instantiate(module, {});
      const begun = performance.now();
      exports.main(0, 0);
      times.push((performance.now() - begun) / 1000);
    }
    return Math.min(...times);
  }, readFileSync(file).toString('base64'));
  console.log(`${'the same in wasm in Chromium, making the cases included'.padEnd(58)} ${(seconds / Number(cases) * 1e9).toFixed(0).padStart(12)}`);
} finally {
  await browser.close();
}
