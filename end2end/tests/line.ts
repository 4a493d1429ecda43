// A line between the browser and a server of the file's own, which can be cut, slow, or hold an answer back.
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PORT, serve, type Running } from '../serving';
import { test } from './test';

export class Line {
  private broken = false;
  private delays = new Map<string, number>();
  private held = new Map<string, Promise<void>>();
  private change = (html: string) => html;

  constructor(private readonly to: number) {}

  cut() {
    this.broken = true;
  }

  mend() {
    this.broken = false;
  }

  // The server answers at once, and the answer arrives so much later.
  delay(path: string, milliseconds: number) {
    this.delays.set(path, milliseconds);
  }

  // The answer arrives when the returned function is called.
  hold(path: string): () => void {
    let release = () => {};
    this.held.set(path, new Promise((done) => (release = done)));
    return () => {
      this.held.delete(path);
      release();
    };
  }

  // Changes every page on its way.
  rewrite(change: (html: string) => string) {
    this.change = change;
  }

  forward(asked: IncomingMessage, answer: ServerResponse) {
    if (this.broken) return void asked.socket.destroy();
    const { 'accept-encoding': _, ...headers } = asked.headers;
    const onward = request({ host: '127.0.0.1', port: this.to, path: asked.url, method: asked.method, headers }, (got) => {
      const parts: Buffer[] = [];
      got.on('data', (part) => parts.push(part));
      got.on('end', () => void this.arrive(asked, answer, got, Buffer.concat(parts)));
    });
    onward.on('error', () => asked.socket.destroy());
    asked.pipe(onward);
  }

  private async arrive(asked: IncomingMessage, answer: ServerResponse, got: IncomingMessage, body: Buffer) {
    const path = asked.url!.split('?')[0];
    await this.held.get(path);
    await new Promise((wake) => setTimeout(wake, this.delays.get(path) ?? 0));
    if (this.broken) return void asked.socket.destroy();
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = got.headers;
    const isPage = got.headers['content-type']?.startsWith('text/html');
    answer.writeHead(got.statusCode!, headers).end(isPage ? this.change(body.toString()) : body);
  }
}

// A server behind a line for all tests of the file.
export function ownLine(): () => Line {
  let line: Line;
  let running: Running;
  let proxy: Server;
  const port = () => PORT + 10 * (1 + test.info().parallelIndex);
  const origin = () => `http://127.0.0.1:${port()}`;
  test.use({ baseURL: async ({}, use) => use(origin()) });
  test.beforeAll(async () => {
    line = new Line(port() + 5);
    proxy = createServer((asked, answer) => line.forward(asked, answer));
    await new Promise<void>((ready) => proxy.listen(port(), '127.0.0.1', ready));
    running = await serve(port() + 5, undefined, origin());
  });
  test.afterEach(() => {
    line.mend();
    line.rewrite((html) => html);
  });
  test.afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await running.stop();
  });
  return () => line;
}
