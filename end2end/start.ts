// The server that most tests share; a test that stops its server or sets its clock starts one of its own.
import { join } from 'node:path';
import { forgetOldLogs, scanLogOfRun } from './scan-log';
import { PORT, serve } from './serving';

export default async function start() {
  if (process.env.LUTONG_RUNNING) return undefined;
  forgetOldLogs();
  const running = await serve(PORT);
  process.env.LUTONG_DEMO = join(running.data, 'demo');
  process.env.LUTONG_MADE_KEYS = join(running.data, 'wechat');
  return async () => {
    await running.stop();
    scanLogOfRun();
  };
}
