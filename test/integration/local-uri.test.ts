/** A function's own `uri` does what Ansible's was recorded to do (test/record/uri.py), against the same web server. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { openLocalConnection } from '../../functions/host/local-session.ts';
import { systemClock } from '../../shared/base/clock.ts';
import { formatJson, parseJson } from '../../shared/base/json.ts';
import { isDict, type Value } from '../../shared/base/value.ts';
import { localTarget } from '../unit/local-modules/local-target.ts';

const CASES = join(import.meta.dirname, '../cases/uri');
const SERVER = join(import.meta.dirname, '../record/web_server.py');

type Case = { readonly name: string; readonly args: unknown; readonly check?: boolean };

function parseCases(text: string): readonly Case[] {
  return parse(text) as readonly Case[];
}

function parseAnswers(text: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const cases = parseCases(readFileSync(join(CASES, 'uri.yml'), 'utf8'));
const expected = parseAnswers(readFileSync(join(CASES, 'uri.expected.json'), 'utf8'));

let server: ChildProcess;
let place = '';
const top = mkdtempSync(join(tmpdir(), 'sortie-uri-'));

beforeAll(async () => {
  const started = spawn('/usr/bin/python3', [SERVER], { stdio: ['pipe', 'pipe', 'ignore'] });
  server = started;
  for await (const port of createInterface({ input: started.stdout })) {
    place = `127.0.0.1:${port}`;
    break;
  }
});

afterAll(() => {
  server.stdin?.end();
  rmSync(top, { recursive: true });
});

const DROPPED: readonly Value[] = ['date', 'gid', 'group', 'invocation', 'owner', 'server', 'uid'];

test.each(cases)('$name', async ({ args, check, name }) => {
  const environment = { HOME: top, PATH: process.env.PATH };
  const connection = openLocalConnection(localTarget(top), { environment, clock: systemClock });
  const session = await connection.session();
  const filled = parseJson(JSON.stringify(args).replaceAll('HOST', place).replaceAll('ROOT', top));
  if (!isDict(filled)) throw new Error('the arguments are no mapping');
  const reply = await session.run({ module: 'uri', args: filled, check: check === true });
  if (reply.kind !== 'result') throw new Error(`no result: ${JSON.stringify(reply)}`);
  const kept = [...reply.result].filter(([key]) => !DROPPED.includes(key));
  const text = formatJson(new Map([['failed', false as Value], ...kept]));
  const shown = JSON.parse(text.replaceAll(place, 'HOST').replaceAll(top, 'ROOT'));
  const { stdout_lines: _lines, ...wanted } = expected[name] ?? {};
  expect(shown).toEqual(wanted);
  await connection.close();
});
