/** An agent that outlives its connection: what clients see that come back, come late, or never come. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../functions/host/session/session.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { agentPid, isRunning, type Keeping, keyed, killConnections, startKeeping, until } from './keeping.ts';
import { stdoutOf } from './session-deps.ts';
import { type Sshd, startSshd } from './sshd.ts';

const IS_ROOT = process.getuid?.() === 0;

let sshd: Sshd;
let keeping: Keeping;
const clients: ChildProcess[] = [];

beforeAll(async () => {
  sshd = await startSshd();
});

afterAll(async () => {
  await sshd.stop();
});

beforeEach(() => {
  keeping = startKeeping(sshd);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.kill('SIGKILL');
  await keeping.end();
});

type Client = { readonly process: ChildProcess; readonly said: () => readonly string[] };

function startClient(lines: readonly string[]): Client {
  const file = path.join(import.meta.dirname, 'keeping-client.ts');
  const client = spawn(process.execPath, [file, JSON.stringify({ target: keeping.target, lines })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  clients.push(client);
  let said = '';
  client.stdout.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  return { process: client, said: () => said.split('\n').filter(Boolean) };
}

/** Without a chance to say anything. */
async function kill({ process: client }: Client): Promise<void> {
  const ended = new Promise((resolve) => client.once('exit', resolve));
  client.kill('SIGKILL');
  await ended;
}

function kinds(replies: readonly Reply[]): readonly string[] {
  return replies.map(({ kind }) => kind);
}

test('is found again with the answers that it remembers', async () => {
  const { append, log } = keeping;
  const first = await keeping.session();
  expect(first.found).toMatchObject({ isNew: true, inHand: undefined, known: 0, isLasting: true });
  const replies = await Promise.all([1, 2].map((number) => keyed(first, append(number))));
  await first.connection.detach();
  expect(await first.ended).toBeUndefined();
  const second = await keeping.session();
  expect(second.found).toMatchObject({ agent: first.found.agent, isNew: false, known: 2 });
  const again = await Promise.all([1, 2, 3].map((number) => keyed(second, append(number))));
  expect(again.slice(0, 2)).toEqual(replies);
  expect(again.map(stdoutOf)).toEqual(['1', '2', '3']);
  expect(log()).toBe('1 2 3');
});

test('goes on with what is in hand when it is left, and gives its answer to who asks for it', async () => {
  const { append, waiting, log } = keeping;
  const first = await keeping.session();
  const line = `${waiting()}; ${append(1)}`;
  const left = Promise.all([keyed(first, line), keyed(first, append(2))]);
  await keeping.hasBegun();
  await first.connection.detach();
  expect(await left).toMatchObject([
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
  ]);
  keeping.go();
  await until(() => log() === '1');
  const second = await keeping.session();
  expect(stdoutOf(await keyed(second, line))).toBe('1');
  expect(log()).toBe('1');
});

test('finishes what was in hand when the client was killed, and nothing behind it', async () => {
  const { append, log } = keeping;
  const line = `${append(1)}; ${keeping.waiting()}; ${append(2)}`;
  const client = startClient([line, append(3)]);
  await keeping.hasBegun();
  await kill(client);
  const session = await keeping.session();
  expect(session.found).toMatchObject({ isNew: false, inHand: line, known: 0 });
  const replies = Promise.all([keyed(session, line), keyed(session, append(4))]);
  keeping.go();
  expect((await replies).map(stdoutOf)).toEqual(['1\n2', '4']);
  expect(log()).toBe('1 2 4');
});

test('executes each request once when clients are killed one after the other', async () => {
  const { append, log } = keeping;
  const numbers = Array.from({ length: 24 }, (_, index) => index);
  const lines = numbers.map((number) => `sleep 0.02; ${append(number)}`);
  for (const enough of [2, 7, 8, 15]) {
    const client = startClient(lines);
    await until(() => log().split(' ').length > enough);
    await kill(client);
  }
  const last = startClient(lines);
  await until(() => last.said().length === lines.length);
  expect(last.said()).toEqual(lines.map((line) => `result ${line}`));
  expect(log()).toBe(numbers.join(' '));
});

test('loses nothing and does nothing twice when connections break again and again', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const numbers = Array.from({ length: 50 }, (_, index) => index);
  const replies = Promise.all(numbers.map((number) => keyed(session, `sleep 0.02; ${append(number)}`)));
  for (const enough of [5, 20, 35]) {
    await until(() => log().split(' ').length > enough);
    killConnections(sshd);
  }
  expect((await replies).map(stdoutOf)).toEqual(numbers.map(String));
  expect(log()).toBe(numbers.join(' '));
});

test('answers a client that comes later rather than one that is frozen, for good', async () => {
  const { append, log } = keeping;
  const line = `${keeping.waiting()}; ${append(1)}`;
  const frozen = startClient([line, append(2), append(3)]);
  await keeping.hasBegun();
  frozen.process.kill('SIGSTOP');
  const session = await keeping.session();
  const first = keyed(session, line);
  keeping.go();
  expect(stdoutOf(await first)).toBe('1');
  frozen.process.kill('SIGCONT');
  await until(() => frozen.said().length === 3);
  expect(frozen.said()).toEqual([line, append(2), append(3)].map((sent) => `failed ${sent}`));
  expect(stdoutOf(await keyed(session, append(4)))).toBe('4');
  expect(log()).toBe('1 4');
});

test('stays with whom it serves when somebody comes who is not admitted', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const inHand = keyed(session, `${keeping.waiting()}; ${append(1)}`);
  await keeping.hasBegun();
  const failure = { kind: 'store-conflict', message: 'Another one was first', retryable: false } as const;
  const refused = await keeping.session({
    admit: (found) => {
      expect(found).toMatchObject({ agent: session.found.agent, isNew: false });
      return Promise.reject(new FailureError(failure));
    },
  });
  expect(await keyed(refused, append(2))).toMatchObject({ kind: 'failed', failure, lost: 'unsent' });
  expect(await refused.ended).toEqual(failure);
  keeping.go();
  expect(stdoutOf(await inHand)).toBe('1');
  expect(stdoutOf(await keyed(session, append(3)))).toBe('3');
  expect(log()).toBe('1 3');
});

test('holds requests back until it is admitted', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const session = await keeping.session({ admit: () => promise });
  const reply = keyed(session, keeping.append(1));
  await keeping.open({ name: `${keeping.file('other')}` }).session();
  expect(keeping.log()).toBe('');
  resolve(1);
  expect(stdoutOf(await reply)).toBe('1');
});

test('says what may have run when it died', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const pid = await agentPid(session);
  const replies = Promise.all([keyed(session, `${append(1)}; kill -9 ${pid}`), keyed(session, append(2))]);
  expect(await replies).toMatchObject([
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
    { kind: 'failed', failure: { kind: 'agent-died' }, lost: 'sent' },
  ]);
  expect(await session.ended).toMatchObject({ kind: 'agent-died' });
  expect(log()).toBe('1');
});

test('says that everything sent may have run when it and the connection are gone', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const pid = await agentPid(session);
  const replies = Promise.all([keyed(session, keeping.waiting()), keyed(session, append(2))]);
  await keeping.hasBegun();
  process.kill(pid, 'SIGSTOP');
  killConnections(sshd);
  process.kill(pid, 'SIGKILL');
  expect(await replies).toMatchObject([
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
    { kind: 'failed', failure: { kind: 'outcome-unknown' }, lost: 'sent' },
  ]);
  expect((await session.ended)?.message).toContain('is gone from the host');
  keeping.go();
  expect(log()).toBe('');
});

test('does not come back for a request that cannot be sent again', async () => {
  const session = await keeping.session();
  const replies = Promise.all([
    session.run({ module: 'shell', args: new Map([['_raw_params', keeping.waiting()]]) }),
    keyed(session, keeping.append(1)),
  ]);
  await keeping.hasBegun();
  killConnections(sshd);
  expect(kinds(await replies)).toEqual(['failed', 'failed']);
  expect(await session.ended).toMatchObject({ kind: 'unreachable' });
  keeping.go();
});

test('drops answers that are stored', async () => {
  const { append, log } = keeping;
  const first = await keeping.session();
  await Promise.all([1, 2].map((number) => keyed(first, append(number))));
  first.forget([append(1)]);
  await keyed(first, append(3));
  await first.connection.detach();
  const second = await keeping.session();
  expect(second.found.known).toBe(2);
  await Promise.all([1, 2, 3].map((number) => keyed(second, append(number))));
  expect(log()).toBe('1 2 3 1');
});

test('ends when nobody comes back, sooner when it remembers nothing', async () => {
  const patience = { idleSeconds: 0.1, busySeconds: 60 };
  const first = await keeping.session(patience);
  const pid = await agentPid(first);
  await keyed(first, keeping.append(1));
  killConnections(sshd);
  const second = await keeping.session(patience);
  expect(second.found).toMatchObject({ agent: first.found.agent, known: 1 });
  second.forget([keeping.append(1)]);
  await second.connection.detach();
  await until(() => !isRunning(pid));
  expect((await keeping.session()).found.isNew).toBe(true);
});

test('ends when it is asked to, however it is connected', async () => {
  const first = await keeping.session();
  const pid = await agentPid(first);
  killConnections(sshd);
  expect(stdoutOf(await keyed(first, 'echo $PPID'))).toBe(String(pid));
  await first.connection.close();
  await until(() => !isRunning(pid));
});

test('discards what is behind a failure whose answer was lost', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const replies = Promise.all([
    keyed(session, append(1)),
    keyed(session, `${keeping.waiting()}; ${append(2)}; exit 3`),
    keyed(session, append(3)),
  ]);
  await keeping.hasBegun();
  killConnections(sshd);
  keeping.go();
  expect(await replies).toMatchObject([
    { kind: 'result', epoch: 0 },
    { kind: 'result', epoch: 1 },
    { kind: 'discarded' },
  ]);
  expect(await keyed(session, append(4), { epoch: 0 })).toEqual({ kind: 'discarded' });
  expect(await keyed(session, append(5), { epoch: 1 })).toMatchObject({ kind: 'result', epoch: 1 });
  expect(await keyed(session, 'exit 4')).toMatchObject({ kind: 'result', epoch: 2 });
  expect(await keyed(session, append(6), { epoch: 1 })).toEqual({ kind: 'discarded' });
  expect(log()).toBe('1 2 5');
});

test('knows of a failed item that was answered before the connection broke', async () => {
  const { append, log } = keeping;
  const session = await keeping.session();
  const first = keyed(session, 'exit 1', { group: 7 });
  const rest = Promise.all([
    keyed(session, `${keeping.waiting()}; ${append(1)}`, { group: 7 }),
    keyed(session, append(2), { group: 7, groupEnd: true }),
    keyed(session, append(3)),
  ]);
  expect(await first).toMatchObject({ kind: 'result', epoch: 0 });
  await keeping.hasBegun();
  killConnections(sshd);
  keeping.go();
  expect(await rest).toMatchObject([
    { kind: 'result', epoch: 0 },
    { kind: 'result', epoch: 1 },
    { kind: 'discarded' },
  ]);
  expect(log()).toBe('1 2');
});

test('may be on this machine', async () => {
  const local = startKeeping(sshd, { kind: 'local' });
  const first = await local.session();
  await keyed(first, local.append(1));
  await first.connection.detach();
  const second = await local.session();
  expect(second.found).toMatchObject({ agent: first.found.agent, known: 1 });
  await local.end();
});

test.runIf(IS_ROOT)('lets nobody else in', async () => {
  const session = await keeping.session();
  const name = `sortie-${process.getuid?.()}-${keeping.target.keep?.name}`;
  const program = `import socket; s = socket.socket(socket.AF_UNIX); s.connect("\\0${name}"); print(s.recv(1))`;
  const asNobody = ['-n', '-u', 'nobody', '/usr/bin/python3', '-c', program];
  expect(execFileSync('sudo', asNobody, { encoding: 'utf8' })).toBe("b''\n");
  expect(stdoutOf(await keyed(session, 'echo still here'))).toBe('still here');
});
