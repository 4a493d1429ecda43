// What the demo registry knows of people who have no account yet: they prove who they are with what stands in its feed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Fact {
  kind: string;
  name?: string;
  id_number?: string;
  phone?: string;
}

function find(name: string): Fact {
  const folder = process.env.LUTONG_DEMO;
  if (!folder) throw new Error('LUTONG_DEMO names the folder of the feed when the server was started elsewhere');
  const lines = readFileSync(join(folder, 'people.ndjson'), 'utf8').trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as Fact).find((fact) => fact.kind === 'person' && fact.name === name);
  if (!found) throw new Error(`the registry has nobody called ${name}`);
  return found;
}

export function idNumberOf(name: string): string {
  return find(name).id_number ?? '';
}

// The phone that the registry holds for the person.
export function phoneOf(name: string): string {
  return find(name).phone ?? '';
}
