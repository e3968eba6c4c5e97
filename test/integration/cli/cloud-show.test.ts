/** Runs that lie in a deployment's store are listed, shown and followed as those of this machine. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { awsAccess } from '../../../cli/cloud/cloud-access.ts';
import { type LocalCloud, startLocalCloud } from '../../../cli/cloud-local/local-cloud.ts';
import type { Command } from '../../../cli/command-deps.ts';
import { runs } from '../../../cli/runs.ts';
import { show } from '../../../cli/show.ts';
import { systemClock } from '../../../shared/base/clock.ts';
import { createRunId } from '../../../shared/store/run-id.ts';
import { openSqliteStore } from '../../../shared/store/sqlite-store.ts';
import { parseEvent } from '../../../shared/wire/event-json.ts';
import { asCloudStreams, type CloudStreams, playStreams } from './fake-controller.ts';

const RECORDED = join(import.meta.dirname, '../../cases/report/basic/plain');
const NAMES = { SORTIE_TABLE: 'shown', SORTIE_BUCKET: 'shown', SORTIE_CONTROLLER_FUNCTION: 'c' };

let cloud: LocalCloud;
let directory = '';
beforeAll(async () => {
  cloud = await startLocalCloud({ table: 'shown', bucket: 'shown' });
});
afterAll(() => cloud.close());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-show-'));
  for (const [name, value] of Object.entries(cloud.environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function call(
  command: Command,
  argv: readonly string[],
): Promise<{ readonly exitCode: number; readonly out: string; readonly err: string }> {
  const printed = { out: '', err: '' };
  const exitCode = await command(argv, {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: NAMES,
    homeDirectory: directory,
    workingDirectory: directory,
  });
  return { exitCode, ...printed };
}

function recorded(): CloudStreams {
  const lines = readFileSync(`${RECORDED}.events.json`, 'utf8').trim().split('\n').slice(1, -1);
  const events = lines.map((line) => parseEvent(line.replace(/,$/, '')));
  return asCloudStreams([...events, { kind: 'run-finished', at: 3, exitCode: 2 }]);
}

const linesOf = (text: string): string[] => text.split('\n').sort();

test('a run in the cloud is listed and shown; while it goes on, as far as it is, and followed to its end', async () => {
  const store = await awsAccess.openStore({ table: 'shown', bucket: 'shown', controllerFunction: 'c' });
  const runId = createRunId(systemClock);
  const played = playStreams(runId, recorded(), store);
  const followed = await (async () => {
    await vi.waitFor(async () => expect(await store.findRun(runId)).toBeDefined(), { timeout: 10_000 });
    return call(show, [runId, '--on', 'aws', '--follow']);
  })();
  await played;
  await store.close();
  expect(followed.exitCode).toBe(2);
  expect(linesOf(followed.out)).toEqual(linesOf(readFileSync(`${RECORDED}.stdout`, 'utf8')));
  expect(await call(show, [runId.slice(0, 12), '--on', 'aws'])).toEqual(followed);
  const listed = await call(runs, ['--on', 'aws']);
  expect(listed.out).toMatch(new RegExp(`^${runId} .* exit 2 .* run site\\.yml\\n$`));
  expect(JSON.parse((await call(show, [runId, '--on', 'aws', '--json'])).out).stats.alpha).toMatchObject({
    ok: 5,
  });
});

test('a run of this machine is followed from another command', async () => {
  const store = openSqliteStore(join(directory, '.sortie'));
  const runId = createRunId(systemClock);
  await store.startRun({ runId, startedAt: 1, command: ['run'] });
  const following = call(show, [runId, '--follow']);
  await playStreams(runId, recorded(), store);
  await store.close();
  const followed = await following;
  expect(followed.exitCode).toBe(2);
  expect(linesOf(followed.out)).toEqual(linesOf(readFileSync(`${RECORDED}.stdout`, 'utf8')));
  expect(await call(show, [runId])).toEqual(followed);
});

test('a place that is none is a mistake of the command line', async () => {
  for (const [command, words] of [
    [runs, ['--on', 'mars']],
    [show, ['x', '--on', 'mars']],
  ] as const)
    expect(await call(command, words)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("argument --on: invalid choice: 'mars' (choose from 'local', 'aws')"),
    });
  expect(await call(show, ['nothing', '--on', 'aws'])).toMatchObject({ exitCode: 1 });
});
