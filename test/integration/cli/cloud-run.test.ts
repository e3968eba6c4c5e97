/** Runs in the cloud from the command line: what is sent, what is printed, and how it ends. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseRunArguments } from '../../../cli/arguments.ts';
import type { Ask } from '../../../cli/ask.ts';
import type { CloudAccess } from '../../../cli/cloud/cloud-access.ts';
import { openController } from '../../../cli/cloud/controller-client.ts';
import { runInCloud } from '../../../cli/cloud/run-in-cloud.ts';
import { createStop } from '../../../cli/cloud/stop.ts';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { createRunReport } from '../../../cli/run-report.ts';
import { readRun } from '../../../cli/stored-run.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { diskFiles } from '../../../shared/project/disk-files.ts';
import { readProjectManifest } from '../../../shared/store/project-files.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import { openSqliteStore } from '../../../shared/store/sqlite-store.ts';
import { parseEvent } from '../../../shared/wire/event-json.ts';
import type { RunEvent } from '../../../shared/wire/run-event.ts';
import { asCloudStreams, type FakeController, playStreams, startFakeController } from './fake-controller.ts';

const RECORDED = join(import.meta.dirname, '../../cases/report/basic/plain');

let directory = '';
let store: RunStore;
let fake: FakeController | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-cloud-'));
  mkdirSync(join(directory, 'shop'));
  writeFileSync(join(directory, 'shop/site.yml'), '[]\n');
  writeFileSync(join(directory, 'shop/hosts'), 'alpha\n');
  store = openSqliteStore(join(directory, 'store'));
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'k');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake?.close();
  fake = undefined;
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const access: CloudAccess = {
  openStore: async () => openSqliteStore(join(directory, 'store')),
  openController: async (settings) => openController(settings),
};

async function start(play: (runId: string) => Promise<void>): Promise<FakeController> {
  fake = await startFakeController(play);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', fake.url);
  return fake;
}

type Called = { readonly exitCode: number; readonly out: string; readonly err: string };

const nobody: Ask = {
  isInteractive: false,
  secret: () => Promise.reject(new Error('asked')),
  line: () => Promise.reject(new Error('asked')),
};

async function call(work: (deps: CommandDeps) => Promise<number>): Promise<Called> {
  const printed = { out: '', err: '' };
  const exitCode = await work({
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: {
      SORTIE_TABLE: 't',
      SORTIE_BUCKET: 'b',
      SORTIE_CONTROLLER_FUNCTION: 'c:durable',
      AWS_REGION: 'eu-central-1',
    },
    homeDirectory: directory,
    workingDirectory: join(directory, 'shop'),
  });
  return { exitCode, ...printed };
}

function run(words: string, ask: Ask = nobody): Promise<Called> {
  const argv = words.split(' ');
  const parsed = parseRunArguments(argv);
  if (parsed.kind !== 'run' || parsed.cloud === undefined) throw new Error(`no run in the cloud: ${words}`);
  const wish = { ...parsed, cloud: parsed.cloud, command: ['run', ...argv] };
  return call((deps) => runInCloud(wish, { deps, access, ask }));
}

/** The recorded run, ending as one does. */
function recorded(): RunEvent[] {
  const lines = readFileSync(`${RECORDED}.events.json`, 'utf8').trim().split('\n').slice(1, -1);
  const events = lines.map((line) => parseEvent(line.replace(/,$/, '')));
  return [...events, { kind: 'run-finished', at: 3, exitCode: 2 }];
}

test('a run is pushed, started and printed as here, with its exit code', async () => {
  const { invocations } = await start((runId) => playStreams(runId, asCloudStreams(recorded()), store));
  const ran = await run('--on aws -i hosts -i a,b -e @hosts --limit alpha -f 7 site.yml');
  expect(ran).toMatchObject({ exitCode: 2, err: readFileSync(`${RECORDED}.stderr`, 'utf8') });
  // Ansible's hosts were faster or slower by chance; here they are told in their order.
  const lines = (text: string): string[] => text.split('\n').sort();
  expect(lines(ran.out)).toEqual(lines(readFileSync(`${RECORDED}.stdout`, 'utf8')));
  const [invocation] = invocations;
  expect(invocations.length).toBe(1);
  expect(invocation).toMatchObject({
    type: 'Event',
    payload: {
      kind: 'run',
      runId: invocation?.name,
      command: [
        'run',
        '--on',
        'aws',
        '-i',
        'hosts',
        '-i',
        'a,b',
        '-e',
        '@hosts',
        '--limit',
        'alpha',
        '-f',
        '7',
        'site.yml',
      ],
      request: {
        playbooks: ['site.yml'],
        inventory: ['hosts', 'a,b'],
        extraVars: ['@hosts'],
        limit: 'alpha',
        forks: 7,
      },
    },
  });
  const { entries } = await readProjectManifest(store, String(invocation?.payload.project));
  expect(entries.map(({ path }) => path)).toEqual(['hosts', 'site.yml']);
  // Shown later, it looks the same.
  const shown = await call(async (deps) => {
    const report = createRunReport({ config: loadConfig(diskFiles(deps)).value, deps, isJson: false });
    for await (const event of readRun(store, String(invocation?.name))) report(event);
    return 2;
  });
  expect(shown).toEqual(ran);
});

test('--json prints one document', async () => {
  await start((runId) => playStreams(runId, asCloudStreams(recorded()), store));
  const { exitCode, out } = await run('--on aws --json site.yml');
  expect(exitCode).toBe(2);
  expect(JSON.parse(out).stats.alpha).toMatchObject({ failures: 1 });
});

test('--detach only starts; a named project is not pushed', async () => {
  await store.nameProject('live', 'f'.repeat(64), 1);
  const { calls, invocations } = await start(async () => undefined);
  const ran = await run('--on aws --detach --project live plays/gone.yml');
  expect(ran).toEqual({ exitCode: 0, out: `${invocations[0]?.name}\n`, err: '' });
  expect(invocations[0]?.payload).toMatchObject({
    project: 'f'.repeat(64),
    request: { playbooks: ['plays/gone.yml'] },
  });
  expect(calls.length).toBe(1);
  expect(await run('--on aws --project other site.yml')).toMatchObject({
    exitCode: 1,
    err: 'ERROR! no project was pushed under the name other: `sortie push --name other` does\n',
  });
});

test('a controller that ends without a word is told, with its error', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] });
  try {
    const ends = (runId: string): Promise<void> => store.startRun({ runId, startedAt: 1, command: [] });
    const running = start(ends).then(() => run('--on aws site.yml'));
    const watch = setInterval(() => {
      if (fake?.invocations.length === 1) fake.status = 'FAILED';
      vi.advanceTimersByTime(1_000);
    }, 5);
    const ran = await running;
    clearInterval(watch);
    expect(ran.exitCode).toBe(250);
    expect(ran.err).toMatch(/has ended \(FAILED\) without saying how the run did: out of memory/);
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['f', 99, /goes on in the cloud: `sortie show \w+ --on aws --follow`/],
  ['g', 2, /^\[WARNING\]: Could not match .*\n$/],
  ['s', 2, /asked to stop/],
])('Ctrl-C asks what is meant: %s', async (answer, exitCode, message) => {
  const asked: string[] = [];
  const released = Promise.withResolvers<void>();
  await start(async (runId) => {
    const streams = asCloudStreams(recorded());
    await store.startRun({ runId, startedAt: 1, command: [] });
    process.emit('SIGINT');
    await released.promise;
    await playStreams(runId, streams, store);
  });
  const ran = await run('--on aws site.yml', {
    ...nobody,
    isInteractive: true,
    line: async (prompt) => {
      asked.push(prompt);
      setTimeout(released.resolve, 50);
      return answer;
    },
  });
  released.resolve();
  expect(asked).toEqual(['\nStop the run (s), stop following it (f), or go on (g)? [g] ']);
  expect(ran.exitCode).toBe(exitCode);
  expect(ran.err).toMatch(message);
  const [summary] = await store.listRuns(1);
  expect(summary?.stopRequestedAt !== undefined).toBe(answer === 's');
});

test('a second Ctrl-C, and one where nobody can be asked, ends the following only', async () => {
  await start(async (runId) => {
    await store.startRun({ runId, startedAt: 1, command: [] });
    process.emit('SIGINT');
  });
  expect(await run('--on aws site.yml')).toMatchObject({ exitCode: 99, out: '' });
  await fake?.close();
  await start(async (runId) => {
    await store.startRun({ runId, startedAt: 1, command: [] });
    process.emit('SIGINT');
  });
  const twice: Ask = {
    ...nobody,
    isInteractive: true,
    line: async () => {
      process.emit('SIGINT');
      return 'g';
    },
  };
  expect(await run('--on aws site.yml', twice)).toMatchObject({ exitCode: 99, out: '' });
});

test('sortie stop asks the run to stop, and ends its controller when that does not help', async () => {
  const stop = createStop(access);
  const { calls } = await start(async () => undefined);
  await store.startRun({ runId: 'abc', startedAt: 1, command: [] });
  expect(await call((deps) => stop(['--now', 'ab'], deps))).toEqual({
    exitCode: 0,
    out: 'abc was stopped\n',
    err: '',
  });
  expect(calls.at(-1)).toMatch(/^POST .*\/stop$/);
  expect(await store.findRun('abc')).toMatchObject({ exitCode: 99, stopRequestedAt: expect.any(Number) });
  expect(await call((deps) => stop(['abc'], deps))).toMatchObject({ out: 'abc has ended already\n' });
  expect(await call((deps) => stop(['nothing'], deps))).toMatchObject({ exitCode: 1 });
});

test.each([
  [
    '-k',
    /-k\/--ask-pass cannot be used in the cloud: nobody can be asked; secrets come from Parameter Store/,
  ],
  ['-K', /-K\/--ask-become-pass cannot be used/],
  ['--ask-vault-pass', /--ask-vault-pass cannot be used/],
  [
    '--vault-password-file x',
    /--vault-password-file cannot be used in the cloud: secrets come from Parameter/,
  ],
  ['--vault-id dev@x', /--vault-id cannot be used/],
  ['--conn-pass-file x', /--connection-password-file cannot be used/],
  ['--become-pass-file x', /--become-password-file cannot be used/],
  ['--private-key x', /--private-key cannot be used/],
  ['--step', /--step cannot be used/],
  ['--list-hosts', /--list-hosts cannot be used in the cloud: leave --on out/],
  ['-i ../hosts', /^ERROR! \.\.\/hosts is outside of \S+\/shop, and would not be in the cloud/],
  ['-i /etc/ansible/hosts', /^ERROR! \/etc\/ansible\/hosts is outside of/],
  ['-e @../vars.yml', /^ERROR! \.\.\/vars\.yml is outside of/],
])('what cannot cross is refused: %s', async (words, message) => {
  const ran = await run(`--on aws ${words} site.yml`);
  expect(ran).toMatchObject({ exitCode: 1, out: '' });
  expect(ran.err).toMatch(message);
});

test('options of the cloud and its names are checked', () => {
  expect(parseRunArguments(['--on', 'mars', 'site.yml'])).toMatchObject({
    kind: 'usage-error',
    message: "argument --on: invalid choice: 'mars' (choose from 'local', 'aws')",
  });
  expect(parseRunArguments(['--detach', 'site.yml'])).toMatchObject({
    kind: 'usage-error',
    message: 'argument --detach: only with --on aws',
  });
});
