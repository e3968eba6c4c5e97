/** Commands on a function's own machine: what they see, and how they end. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLocalConnection } from '../../functions/host/local-session.ts';
import type { Connection } from '../../functions/host/session/session.ts';
import { systemClock } from '../../shared/base/clock.ts';
import { localTarget } from '../unit/local-modules/local-target.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'sortie-local-session-'));
afterAll(() => rmSync(directory, { recursive: true }));

function open(): Connection {
  const environment = { HOME: directory, PATH: process.env.PATH, NOTHING: undefined };
  return openLocalConnection(localTarget(directory), { environment, clock: systemClock });
}

const shell = (line: string): { module: string; args: Map<string, string> } => ({
  module: 'shell',
  args: new Map([['_raw_params', line]]),
});

/** A line that stays until it is killed, and the file that it would make afterwards. */
const endless = (name: string): string => `touch ${name}.begun; sleep 60; touch ${name}.ended`;
const begun = (name: string): Promise<void> =>
  expect.poll(() => existsSync(path.join(directory, `${name}.begun`))).toBe(true);

test('commands see what tasks may see of the environment, and begin in the directory of the playbook', async () => {
  const session = await open().session();
  const reply = await session.run({ ...shell('env; pwd'), environment: { MORE: 'yes' } });
  if (reply.kind !== 'result') throw new Error(reply.kind);
  const lines = String(reply.result.get('stdout')).split('\n').sort();
  expect(lines.map((line) => line.replace(/=.*/, ''))).toEqual([directory, 'HOME', 'MORE', 'PATH', 'PWD']);
});

test('raw sees no more, and tells how it ended', async () => {
  const connection = open();
  const { exitCode, stdout } = await connection.raw('env; exit 3', undefined);
  expect(Buffer.from(stdout).toString()).not.toMatch(/^(?!HOME|PATH|PWD)./m);
  expect(exitCode).toBe(3);
  expect((await connection.raw('kill -9 $$', undefined)).exitCode).toBe(255);
});

test('a command whose time is over is killed with all that it has started', async () => {
  const session = await open().session();
  const reply = await session.run({ ...shell(`echo $$ > pid; ${endless('late')}`), timeout: 0.5 });
  expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } });
  const pid = Number(readFileSync(path.join(directory, 'pid'), 'utf8'));
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
});

test('a command is stopped when the run is', async () => {
  const session = await open().session();
  const reply = session.run(shell(endless('cancelled')));
  await begun('cancelled');
  session.cancel();
  expect(await reply).toMatchObject({ kind: 'failed', failure: { message: 'The task was cancelled' } });
});

test('a command ends with its session, and nobody knows how', async () => {
  const connection = open();
  const session = await connection.session();
  const replies = [session.run(shell(endless('left'))), session.run(shell('touch never'))];
  await begun('left');
  await connection.detach();
  expect(await Promise.all(replies)).toMatchObject([
    { kind: 'failed', lost: 'sent' },
    { kind: 'failed', lost: 'unsent' },
  ]);
  expect(existsSync(path.join(directory, 'never'))).toBe(false);
});

test('a daemon that keeps the output open does not keep the task', async () => {
  const session = await open().session();
  const reply = await session.run(shell('sleep 5 & echo done'));
  expect(reply.kind === 'result' && reply.result.get('stdout')).toBe('done');
});
