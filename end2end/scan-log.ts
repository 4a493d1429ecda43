// Looks for what no log may hold in the log of every server that a run of the tests started.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const LOG = join(import.meta.dirname, 'server.log');
// Phones and codes of the texts that the servers sent, one a line.
const SENT = join(import.meta.dirname, 'sent.log');

const PATTERNS: [string, RegExp][] = [
  ['a phone number', /1[3-9]\d{9}/g],
  ['an ID number', /[1-8]\d{5}(?:19|20)\d{9}[\dX]/gi],
  ['a token or a key', /[0-9a-f]{64,}/gi],
];

export function forgetOldLogs() {
  for (const file of [LOG, SENT]) rmSync(file, { force: true });
}

// Notes phones and codes of the server's outbox, before it stops.
export async function noteSentTexts(origin: string) {
  const outbox = await fetch(`${origin}/outbox`).then((answer) => answer.text(), () => '');
  const found = [...outbox.matchAll(/data-phone="(\d+)"|#(\d{6})/g)].map((match) => match[1] ?? match[2]);
  appendFileSync(SENT, found.map((secret) => `${secret}\n`).join(''));
}

// Digits within a longer number or word are there by chance.
function standsAlone(line: string, start: number, end: number): boolean {
  return !/[0-9A-Za-z]/.test(line[start - 1] ?? ' ') && !/[0-9A-Za-z]/.test(line[end] ?? ' ');
}

// Every line with something that it must not hold.
export function scan(log: string, secrets: Set<string>): string[] {
  const found: string[] = [];
  log.split('\n').forEach((line, index) => {
    const note = (what: string) => found.push(`server.log:${index + 1} holds ${what}: ${line.slice(0, 300)}`);
    for (const [what, pattern] of PATTERNS) {
      const matches = [...line.matchAll(pattern)];
      if (matches.some((match) => standsAlone(line, match.index, match.index + match[0].length))) note(what);
    }
    const numbers = [...line.matchAll(/\d+/g)].filter((match) => standsAlone(line, match.index, match.index + match[0].length));
    if (numbers.some((match) => secrets.has(match[0]))) note('what was sent in a text');
  });
  return found;
}

export function scanLogOfRun() {
  if (!existsSync(LOG)) throw new Error(`${LOG} is missing: nothing was scanned`);
  const log = readFileSync(LOG, 'utf8');
  const secrets = new Set((existsSync(SENT) ? readFileSync(SENT, 'utf8') : '').split('\n').filter(Boolean));
  if (!log.includes('"answered"')) throw new Error('the log has no line of a request: nothing was scanned');
  const found = scan(log, secrets);
  if (found.length > 0) throw new Error(`the log holds what no log may hold:\n${found.slice(0, 20).join('\n')}`);
}
