/** The subcommands around a run: what is printed, what is stored, and that a stored run looks the same again. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command, CommandDeps } from '../../../cli/command-deps.ts';
import { createRun, type RunPlaybooks } from '../../../cli/run.ts';
import { runs } from '../../../cli/runs.ts';
import { show } from '../../../cli/show.ts';
import { FailureError } from '../../../shared/base/failure.ts';
import { dict } from '../../../shared/base/value.ts';
import { parseEvent } from '../../../shared/wire/event-json.ts';
import type { RunEvent } from '../../../shared/wire/run-event.ts';

const RECORDED = join(import.meta.dirname, '../../cases/report/basic/plain');

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-cli-'));
  writeFileSync(join(directory, 'site.yml'), '[]');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a run is printed, stored, listed and shown again', async () => {
  const run = createRun(async (_request, context) => {
    for (const event of recordedEvents()) context.emit(event);
    return 2;
  });
  const ran = await call(run, ['site.yml', '-i', 'hosts']);
  expect(ran).toEqual({
    exitCode: 2,
    out: readFileSync(`${RECORDED}.stdout`, 'utf8'),
    err: readFileSync(`${RECORDED}.stderr`, 'utf8'),
  });
  const listed = await call(runs, []);
  expect(listed.out).toMatch(
    /^[0-9a-z]{13} {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*exit 2 .* run site\.yml -i hosts\n$/,
  );
  const id = listed.out.slice(0, 10);
  expect(await call(show, [id])).toEqual(ran);
  const verbose = await call(show, [id, '-v']);
  expect(verbose.out).toContain('changed: [beta] => {"changed": true, "cmd": ["echo", "hello"]');
  const { stats } = JSON.parse((await call(show, [id, '--json'])).out);
  expect(stats.alpha).toMatchObject({ ok: 5, changed: 3, failures: 1, ignored: 1 });
});

test('--json prints one document, in the shape of the json callback', async () => {
  const run = createRun(async (_request, { emit }) => {
    emit({ kind: 'play-started', at: 0, title: 'P', hosts: ['h'], isCheckMode: false, isFree: false });
    emit({ kind: 'task-started', at: 1000, task: { ...task, id: 't1', title: 'T' } });
    const result = dict([['changed', true]]);
    emit({ kind: 'task-finished', task: 't1', at: 2000, outcome: { host: 'h', status: 'changed', result } });
    emit({ kind: 'playbook-finished', at: 2000, recap: [], customStats: dict([['_run', dict([['a', 1]])]]) });
    return 0;
  });
  const { exitCode, out } = await call(run, ['--json', 'site.yml']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    custom_stats: {},
    global_custom_stats: { a: 1 },
    plays: [
      {
        play: { duration: duration(0, 2), id: '0', name: 'P' },
        tasks: [
          {
            hosts: { h: { action: 'ping', changed: true } },
            task: { duration: duration(1, 2), id: 't1', name: 'T', path: 'site.yml:1' },
          },
        ],
      },
    ],
    stats: {},
  });
});

test('JUNIT_OUTPUT_DIR asks for JUnit files', async () => {
  const run = createRun(async (_request, { emit }) => {
    for (const event of recordedEvents()) emit(event);
    return 0;
  });
  await call(run, ['site.yml'], { JUNIT_OUTPUT_DIR: 'reports' });
  expect(readFileSync(join(directory, 'reports', 'site-0.xml'), 'utf8')).toContain('tests="21"');
});

test('a listing is printed and not stored', async () => {
  const run = createRun(async (request, context) => {
    expect(request.listing.tasks).toBe(true);
    context.print('the listing\n');
    return 0;
  });
  expect(await call(run, ['site.yml', '--list-tasks'])).toEqual({
    exitCode: 0,
    out: 'the listing\n',
    err: '',
  });
  expect((await call(runs, [])).out).toBe('');
});

test('a run that breaks is stored as what it was', async () => {
  const run = createRun(async () => {
    throw new FailureError({ kind: 'store-failed', message: 'no', retryable: false });
  });
  await expect(call(run, ['site.yml'])).rejects.toThrow('no');
  expect((await call(runs, [])).out).toContain('exit 250');
});

test('an interrupted run ends with 99', async () => {
  const run = createRun(async () => {
    process.kill(process.pid, 'SIGINT');
    return new Promise(() => undefined);
  });
  const ended = await call(run, ['site.yml']);
  expect(ended).toMatchObject({ exitCode: 99, err: ' [ERROR]: User interrupted execution\n' });
  expect((await call(runs, [])).out).toContain('exit 99');
});

test('mistakes of the command line end with the codes of ansible-playbook', async () => {
  const run = createRun(never);
  expect(await call(run, [])).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(
      /^usage: sortie run [\s\S]*\nsortie run: error: the following arguments are required: playbook\n$/,
    ),
  });
  expect(await call(run, ['gone.yml'])).toEqual({
    exitCode: 1,
    out: '',
    err: 'ERROR! the playbook: gone.yml could not be found\n',
  });
  expect(await call(run, ['.'])).toMatchObject({ exitCode: 1 });
  writeFileSync(join(directory, 'ansible.cfg'), '[defaults]\nforks = many\n');
  expect(await call(run, ['site.yml'])).toMatchObject({ exitCode: 5 });
  expect(await call(show, ['nothing'])).toMatchObject({ exitCode: 1 });
  expect(await call(runs, ['--count', 'x'])).toMatchObject({ exitCode: 2 });
});

test('passwords come from files and scripts', async () => {
  writeFileSync(join(directory, 'plain'), 'secret one\n');
  writeFileSync(join(directory, 'script'), '#!/bin/sh\necho secret two\n', { mode: 0o755 });
  const seen: unknown[] = [];
  const run = createRun(async (_request, { passwords }) => {
    seen.push(passwords.connection?.reveal(), passwords.become?.reveal());
    return 0;
  });
  await call(run, ['site.yml', '--conn-pass-file', 'plain', '--become-pass-file', 'script']);
  expect(seen).toEqual(['secret one', 'secret two']);
  await expect(call(run, ['site.yml', '--conn-pass-file', 'gone'])).rejects.toThrow('was not found');
});

const never: RunPlaybooks = async () => {
  throw new Error('this must not run');
};

const task = {
  action: 'ping',
  file: 'site.yml',
  line: 1,
  isHandler: false,
  isCheckMode: false,
  isLoop: false,
  tags: [],
};

function duration(start: number, end: number): object {
  return { start: `1970-01-01T00:00:0${start}.000Z`, end: `1970-01-01T00:00:0${end}.000Z` };
}

function recordedEvents(): RunEvent[] {
  const lines = readFileSync(`${RECORDED}.events.json`, 'utf8').trim().split('\n').slice(2, -1);
  return lines.map((line) => parseEvent(line.replace(/,$/, '')));
}

async function call(
  command: Command,
  argv: readonly string[],
  environment: CommandDeps['environment'] = {},
): Promise<{ exitCode: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const deps: CommandDeps = {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    columns: 0,
    isTerminal: false,
    environment,
    homeDirectory: directory,
    workingDirectory: directory,
  };
  const exitCode = await command(argv, deps);
  return { exitCode, ...printed };
}
