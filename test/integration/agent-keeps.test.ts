/** An agent that outlives its connection: over real SSH connections that end in all the ways they can. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import type {
  Connection,
  ConnectionTarget,
  KeepOptions,
  KeptAgent,
  Reply,
  Session,
  SessionRequest,
} from '../../functions/host/session/session.ts';
import { stdoutOf, testDeps } from './session-deps.ts';
import { type Sshd, startSshd } from './sshd.ts';

let sshd: Sshd;
let directory: string;
let target: ConnectionTarget & { readonly keep: KeepOptions };
const connections: Connection[] = [];
const clients: ChildProcess[] = [];

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(async () => {
  await sshd.stop();
});

beforeEach(() => {
  directory = mkdtempSync(path.join(sshd.directory, 'keeps-'));
  const keep = { name: randomBytes(16).toString('hex'), idleSeconds: 30, busySeconds: 60 };
  target = { ...sshd.target, keep };
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.kill('SIGKILL');
  // Whoever comes last has the agent, and ends it.
  const last = open();
  await (await last.session()).kept;
  for (const connection of [last, ...connections.splice(0)]) await connection.close();
  rmSync(directory, { recursive: true });
});

function open(changes: Partial<KeepOptions> = {}, more: Partial<ConnectionTarget> = {}): Connection {
  const connection = openConnection({ ...target, ...more, keep: { ...target.keep, ...changes } }, testDeps());
  connections.push(connection);
  return connection;
}

async function openSession(changes: Partial<KeepOptions> = {}): Promise<Session & { found: KeptAgent }> {
  const session = await open(changes).session();
  const found = await session.kept;
  if (found === undefined) throw new Error('no agent was found');
  return { ...session, found };
}

function keyed(session: Session, line: string, more: Partial<SessionRequest> = {}): Promise<Reply> {
  return session.run({ module: 'shell', args: new Map([['_raw_params', line]]), key: line, ...more });
}

function append(number: number): string {
  return `echo ${number} | tee -a ${path.join(directory, 'log')}`;
}

function log(): string {
  const file = path.join(directory, 'log');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replaceAll('\n', ' ') : '';
}

function until(condition: () => boolean): Promise<void> {
  return expect.poll(condition, { timeout: 30_000 }).toBe(true);
}

async function agentPid(session: Session): Promise<number> {
  return Number(stdoutOf(await keyed(session, 'echo $PPID')));
}

/** Does what the test is about while `file` does not exist. */
function waiting(file: string): string {
  return `while ! [ -e ${path.join(directory, file)} ]; do sleep 0.05; done`;
}

/** Ends the server's processes for connections, and not the server. */
function killConnections(): void {
  const server = readFileSync(path.join(sshd.directory, 'sshd.pid'), 'utf8').trim();
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim();
  for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
}

function startClient(lines: readonly string[]): ChildProcess {
  const file = path.join(import.meta.dirname, 'keeping-client.ts');
  const client = spawn(process.execPath, [file, JSON.stringify({ target, lines })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  clients.push(client);
  return client;
}

test('is found again with the answers that it remembers', async () => {
  const first = await openSession();
  expect(first.found).toMatchObject({ isNew: true, inHand: undefined, known: 0, isLasting: true });
  const replies = await Promise.all([1, 2].map((number) => keyed(first, append(number))));
  await connections[0]?.detach();
  const second = await openSession();
  expect(second.found).toMatchObject({ agent: first.found.agent, isNew: false, known: 2 });
  const again = await Promise.all([1, 2, 3].map((number) => keyed(second, append(number))));
  expect(again.slice(0, 2)).toEqual(replies);
  expect(again.map(stdoutOf)).toEqual(['1', '2', '3']);
  expect(log()).toBe('1 2 3');
});

test('finishes what was in hand when the client was killed, and nothing behind it', async () => {
  const line = `${append(1)}; touch ${path.join(directory, 'begun')}; ${waiting('go')}; ${append(2)}`;
  const client = startClient([line, append(3)]);
  await until(() => existsSync(path.join(directory, 'begun')));
  client.kill('SIGKILL');
  await new Promise((resolve) => client.once('exit', resolve));
  const session = await openSession();
  expect(session.found).toMatchObject({ isNew: false, inHand: line, known: 0 });
  const replies = Promise.all([keyed(session, line), keyed(session, append(4))]);
  writeFileSync(path.join(directory, 'go'), '');
  expect((await replies).map(stdoutOf)).toEqual(['1\n2', '4']);
  expect(log()).toBe('1 2 4');
});

test('loses nothing and does nothing twice when connections break again and again', async () => {
  const session = await openSession();
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const replies = Promise.all(numbers.map((number) => keyed(session, `sleep 0.02; ${append(number)}`)));
  for (const number of [5, 20, 35]) {
    await until(() => log().split(' ').length > number);
    killConnections();
  }
  expect((await replies).map(stdoutOf)).toEqual(numbers.map(String));
  expect(log()).toBe(numbers.join(' '));
});

test('answers a client that comes later rather than one that is frozen, for good', async () => {
  const line = `touch ${path.join(directory, 'begun')}; ${waiting('go')}; ${append(1)}`;
  const client = startClient([line, append(2), append(3)]);
  let said = '';
  client.stdout?.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  await until(() => existsSync(path.join(directory, 'begun')));
  client.kill('SIGSTOP');
  const session = await openSession();
  const first = keyed(session, line);
  writeFileSync(path.join(directory, 'go'), '');
  expect(stdoutOf(await first)).toBe('1');
  client.kill('SIGCONT');
  await until(() => said.split('\n').length > 3);
  expect(said).toBe([line, append(2), append(3)].map((sent) => `failed ${sent}\n`).join(''));
  expect(stdoutOf(await keyed(session, append(4)))).toBe('4');
  expect(log()).toBe('1 4');
});

test('says what may have run when it died', async () => {
  const session = await openSession();
  const pid = await agentPid(session);
  const replies = Promise.all([keyed(session, `${append(1)}; kill -9 ${pid}`), keyed(session, append(2))]);
  expect(await replies).toMatchObject([
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
    { kind: 'failed', failure: { kind: 'agent-died' }, lost: 'sent' },
  ]);
  expect(await session.ended).toMatchObject({ kind: 'agent-died' });
  expect(log()).toBe('1');
});
