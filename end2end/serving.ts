// Starts the program as people run it: a fresh demo registry on SQLite, the payment sandbox as its own process, the
// server. Its clock starts where the caller says, so that closed hours are a test's choice and not the day's.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LOG, noteSentTexts } from './scan-log';

const root = resolve(import.meta.dirname, '..');
export const PORT = Number(process.env.LUTONG_PORT ?? 3100);
// A Wednesday morning in China.
export const MORNING = '2026-11-18T02:00:00Z';

export interface Running {
  origin: string;
  // The folder with the database and, under demo, the feed of the registry.
  data: string;
  stop(): Promise<void>;
}

// LUTONG_SERVER and LUTONG_SITE name a build that lies elsewhere.
function findServer(): string {
  if (process.env.LUTONG_SERVER) return process.env.LUTONG_SERVER;
  const metadata = spawnSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  const target = JSON.parse(metadata.stdout).target_directory as string;
  const built = ['debug', 'release'].map((profile) => join(target, profile, 'server')).find(existsSync);
  if (!built) throw new Error('no server: build it with cargo build -p server && cargo run -p bundle');
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

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => child.once('exit', () => done()));
}

// The sandbox's API listens at the port after the server's, its payment pages at the next. Browsers may reach the server
// by another origin than its port's.
export async function serve(port: number, now = MORNING, origin = `http://127.0.0.1:${port}`): Promise<Running> {
  const data = mkdtempSync(join(tmpdir(), 'lutong-pages-'));
  const log = openSync(LOG, 'a');
  const server = findServer();
  const listening = `http://127.0.0.1:${port}`;
  const environment = {
    ...process.env,
    DATABASE_URL: `sqlite://${data}/lutong.db`,
    LUTONG_DATA: data,
    LUTONG_NOW: now,
    LUTONG_DEVELOPMENT: 'true',
    LUTONG_ORIGIN: origin,
    LUTONG_WECHAT_URL: `http://127.0.0.1:${port + 1}`,
    LUTONG_WECHAT_PAGES: `http://127.0.0.1:${port + 2}`,
    LUTONG_WECHAT_NOTIFY_URL: `${listening}/gateways/wechat/notifications`,
    LUTONG_LIMITS: 'generous',
    LEPTOS_OUTPUT_NAME: 'lutong',
    LEPTOS_SITE_ROOT: process.env.LUTONG_SITE ?? join(root, 'target', 'site'),
    LEPTOS_SITE_PKG_DIR: 'pkg',
    LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    LEPTOS_HASH_FILES: 'true',
  };
  const options = { env: environment, stdio: ['ignore', log, log] as ['ignore', number, number], cwd: root };
  // The command prints the people to sign in as; the tests do not read it.
  const quiet = { ...options, stdio: ['ignore', 'ignore', log] as ['ignore', 'ignore', number] };
  const demo = spawnSync(server, ['demo', '--size', '40', '--out', join(data, 'demo'), '--now', now], quiet);
  if (demo.status !== 0) throw new Error('the demo registry could not be made: see end2end/server.log');
  // Keys take a second to make: servers of a run share those of the first, without its journal.
  const [keys, made] = [join(data, 'wechat'), process.env.LUTONG_MADE_KEYS];
  if (made) cpSync(made, keys, { recursive: true, filter: (file) => !file.endsWith('.ndjson') });
  const [api, pages] = [`127.0.0.1:${port + 1}`, `127.0.0.1:${port + 2}`];
  const children = [
    spawn(server, ['sandbox', '--listen', api, '--pages', pages, '--keys', keys], options),
    spawn(server, ['serve'], options),
  ];
  const stop = async () => {
    await noteSentTexts(listening);
    children.forEach((child) => child.kill());
    await Promise.all(children.map(ended));
    rmSync(data, { recursive: true, force: true });
  };
  await answers(`${listening}/readyz`).catch(async (error) => {
    await stop();
    throw error;
  });
  return { origin, data, stop };
}
