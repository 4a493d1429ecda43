// The server that most tests share; a test that stops its server or sets its clock starts one of its own.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PORT, serve } from './serving';

export default async function start() {
  if (process.env.LUTONG_RUNNING) return undefined;
  rmSync(join(import.meta.dirname, 'server.log'), { force: true });
  const running = await serve(PORT);
  process.env.LUTONG_DEMO = join(running.data, 'demo');
  return () => running.stop();
}
