// Starts the program as people run it: a fresh demo registry on SQLite, the payment sandbox as its own process, the
// server. Its clock is set to a Wednesday morning, so that closed hours are a test's choice and not the day's.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const port = Number(process.env.LUTONG_PORT ?? 3100);
export const NOW = '2026-11-18T02:00:00Z';

function findServer(): string {
  const metadata = spawnSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const target = JSON.parse(metadata.stdout).target_directory as string;
  const built = ['swift', 'release'].map((profile) => join(target, profile, 'server')).find(existsSync);
  if (!built) throw new Error('no server: build it with cargo leptos build --release');
  return built;
}

async function answers(url: string) {
  for (let tries = 0; tries < 200; tries++) {
    const ok = await fetch(url).then((response) => response.ok, () => false);
    if (ok) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${url} does not answer`);
}

export default async function start() {
  if (process.env.LUTONG_RUNNING) return undefined;
  const data = mkdtempSync(join(tmpdir(), 'lutong-pages-'));
  const log = openSync(join(root, 'end2end', 'server.log'), 'w');
  const server = findServer();
  const environment = {
    ...process.env,
    DATABASE_URL: `sqlite://${data}/lutong.db`,
    LUTONG_DATA: data,
    LUTONG_NOW: NOW,
    LUTONG_DEVELOPMENT: 'true',
    LUTONG_ORIGIN: `http://127.0.0.1:${port}`,
    LUTONG_WECHAT_URL: `http://127.0.0.1:${port + 1}`,
    LUTONG_LIMITS: 'generous',
    LEPTOS_OUTPUT_NAME: 'lutong',
    LEPTOS_SITE_ROOT: join(root, 'target', 'site'),
    LEPTOS_SITE_PKG_DIR: 'pkg',
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_HASH_FILES: 'true',
  };
  const options = { env: environment, stdio: ['ignore', log, log] as const, cwd: root };
  const demo = spawnSync(server, ['demo', '--size', '40', '--out', join(data, 'demo'), '--now', NOW], { ...options, stdio: ['ignore', log, log] });
  if (demo.status !== 0) throw new Error('the demo registry could not be made: see end2end/server.log');
  const children: ChildProcess[] = [
    spawn(server, ['sandbox', '--listen', `127.0.0.1:${port + 1}`, '--notify', `http://127.0.0.1:${port}/gateways/wechat/notifications`, '--keys', join(data, 'wechat')], { ...options, stdio: ['ignore', log, log] }),
    spawn(server, ['serve'], { ...options, stdio: ['ignore', log, log] }),
  ];
  await answers(`http://127.0.0.1:${port}/readyz`);
  return () => {
    children.forEach((child) => child.kill());
    rmSync(data, { recursive: true, force: true });
  };
}
