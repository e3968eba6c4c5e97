/** What a kept agent has in hand when its connection ends: work of every kind, and contents on their way. */

import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Content, SessionRequest } from '../../functions/host/session/session.ts';
import type { ModuleBundle } from '../../shared/wire/module-bundle.ts';
import {
  isRunning,
  type Keeping,
  type KeptSession,
  keyed,
  killConnections,
  startKeeping,
  until,
} from './keeping.ts';
import { stdoutOf } from './session-deps.ts';
import { type Sshd, startSshd } from './sshd.ts';

const MEBIBYTE = 1_048_576;
const IS_ROOT = process.getuid?.() === 0;

let sshd: Sshd;
let keeping: Keeping;

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
  await keeping.end();
});

/** A module of the user's that appends to the log, and waits like {@link Keeping.waiting} before it does. */
function waitingModule(): ModuleBundle {
  const source = `
import json, os, time
open(${JSON.stringify(keeping.file('begun'))}, 'w').close()
while not os.path.exists(${JSON.stringify(keeping.file('go'))}):
    time.sleep(0.02)
with open(${JSON.stringify(keeping.file('log'))}, 'a') as log:
    log.write('module\\n')
print(json.dumps({'changed': True, 'stdout': 'module'}))
`;
  const sources = { __main__: source, __name__: 'ansible.modules.waiting' };
  return { name: 'waiting', kind: 'python', blob: deflateSync(JSON.stringify(sources)) };
}

/** The request is in hand; another session comes, and gets its answer. */
async function handOver(
  request: SessionRequest,
  prepare: (session: KeptSession) => void = () => {},
): Promise<unknown> {
  const first = await keeping.session();
  prepare(first);
  void first.run(request);
  await keeping.hasBegun();
  const second = await keeping.session();
  expect(second.found).toMatchObject({ agent: first.found.agent, inHand: request.key });
  prepare(second);
  const answers = Promise.all([second.run(request), keyed(second, keeping.append(2))]);
  keeping.go();
  const [answer, behind] = await answers;
  expect(stdoutOf(behind)).toBe('2');
  return stdoutOf(answer);
}

test('a foreign module in a forked child goes on', async () => {
  const bundle = waitingModule();
  const request: SessionRequest = { module: 'waiting', args: new Map(), key: 'a' };
  expect(await handOver(request, (session) => session.load(bundle))).toBe('module');
  expect(keeping.log()).toBe('module 2');
});

test('a foreign module of another kind goes on', async () => {
  const source = `#!/bin/sh\n# WANT_JSON\n${keeping.waiting()}\n${keeping.append(1)} > /dev/null\necho '{"stdout": "file"}'\n`;
  const blob = deflateSync(JSON.stringify({ __main__: source }));
  const bundle: ModuleBundle = { name: 'a-file', kind: 'want-json', blob };
  const request: SessionRequest = { module: 'a-file', args: new Map(), key: 'a' };
  expect(await handOver(request, (session) => session.load(bundle))).toBe('file');
  expect(keeping.log()).toBe('1 2');
});

test('a wait goes on', async () => {
  const first = await keeping.session();
  const args = new Map([['path', keeping.file('go')]]);
  const request: SessionRequest = { module: 'wait_for', args, key: 'wait' };
  void first.run(request);
  let found = (await keeping.session()).found;
  // Native modules are loaded before their first request, so it may take a moment until it has begun.
  while (found.inHand === undefined) found = (await keeping.session()).found;
  const last = await keeping.session();
  const answer = last.run(request);
  keeping.go();
  expect(await answer).toMatchObject({ kind: 'result', epoch: 0 });
});

describe.runIf(IS_ROOT)('as another user', () => {
  let directory: string;
  const waitingThere = (): string =>
    `touch ${directory}/begun; while ! [ -e ${directory}/go ]; do sleep 0.02; done; id -un | tee -a ${directory}/log`;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'keeps-'));
    chmodSync(directory, 0o777);
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  test('work goes on, by the same child agent', async () => {
    const become = { method: 'sudo', user: 'nobody' };
    const first = await keeping.session();
    const child = stdoutOf(await keyed(first, 'echo $PPID', { become, key: 'pid' }));
    void keyed(first, waitingThere(), { become });
    await until(() => readdirSync(directory).includes('begun'));
    await first.connection.detach();
    const second = await keeping.session();
    const answer = keyed(second, waitingThere(), { become });
    writeFileSync(path.join(directory, 'go'), '');
    expect(stdoutOf(await answer)).toBe('nobody');
    expect(stdoutOf(await keyed(second, 'echo $PPID', { become, key: 'pid again' }))).toBe(child);
    expect(readFileSync(path.join(directory, 'log'), 'utf8')).toBe('nobody\n');
    await second.close();
    await until(() => !isRunning(Number(child)));
  });

  test('content that was cut off is sent again to a child agent that is in order', async () => {
    const become = { method: 'sudo', user: 'nobody' };
    const session = await keeping.session();
    const { content, checksum } = cutOff();
    const dest = path.join(directory, 'copied');
    const args = new Map([...copyArguments(dest, checksum)]);
    const replies = await Promise.all([
      session.run({ module: 'copy', args, content, key: 'copy', become }),
      keyed(session, 'id -un', { become }),
    ]);
    expect(replies[0]).toMatchObject({ kind: 'result' });
    expect(stdoutOf(replies[1])).toBe('nobody');
    expect(sha1(readFileSync(dest))).toBe(checksum);
  });
});

function sha1(data: Uint8Array): string {
  return createHash('sha1').update(data).digest('hex');
}

function copyArguments(dest: string, checksum: string): readonly (readonly [string, string])[] {
  return [
    ['dest', dest],
    ['_checksum', checksum],
    ['_source', 'here'],
  ];
}

/** A content whose first reading loses the connection in the middle. */
function cutOff(): { readonly content: Content; readonly checksum: string; readonly opened: () => number } {
  const data = Buffer.from(
    Array.from({ length: 8 * MEBIBYTE }, (_, index) => (index * 7 + (index >> 9)) & 255),
  );
  let opened = 0;
  const open = async function* (): AsyncGenerator<Uint8Array> {
    opened += 1;
    const isFirst = opened === 1;
    yield data.subarray(0, 3 * MEBIBYTE);
    if (isFirst) {
      killConnections(sshd);
      await new Promise(() => {});
    }
    yield data.subarray(3 * MEBIBYTE);
  };
  return { content: { size: data.length, open }, checksum: sha1(data), opened: () => opened };
}

test('content that was cut off is sent again, and nothing was done before', async () => {
  const session = await keeping.session();
  const { content, checksum, opened } = cutOff();
  const dest = keeping.file('copied');
  const replies = await Promise.all([
    session.run({ module: 'copy', args: new Map(copyArguments(dest, checksum)), content, key: 'copy' }),
    keyed(session, keeping.append(1)),
  ]);
  const [copied] = replies;
  expect(copied.kind === 'result' && copied.result.get('changed')).toBe(true);
  expect(sha1(readFileSync(dest))).toBe(checksum);
  expect(opened()).toBe(2);
  expect(readdirSync(path.dirname(dest)).sort()).toEqual(['copied', 'log']);
});

test('data that was cut off is handed on once', async () => {
  const session = await keeping.session();
  const file = keeping.file('large');
  await keyed(session, `head -c ${8 * MEBIBYTE} /dev/urandom > ${file}`);
  const hash = createHash('sha1');
  let bytes = 0;
  let isCut = false;
  const reply = await session.run({
    module: 'fetch',
    args: new Map([['src', file]]),
    key: 'fetch',
    onData: async (piece) => {
      hash.update(piece);
      bytes += piece.length;
      if (bytes > MEBIBYTE && !isCut) {
        isCut = true;
        killConnections(sshd);
      }
    },
  });
  expect(bytes).toBe(statSync(file).size);
  expect(reply.kind === 'result' && reply.result.get('checksum')).toBe(hash.digest('hex'));
});

test('a large output is remembered whole', async () => {
  const first = await keeping.session();
  const line = `${keeping.waiting()}; ${keeping.append(1)} > /dev/null; head -c ${5 * MEBIBYTE} /dev/zero | tr '\\000' x`;
  void keyed(first, line);
  await keeping.hasBegun();
  await first.connection.detach();
  keeping.go();
  const second = await keeping.session();
  expect(stdoutOf(await keyed(second, line))).toBe('x'.repeat(5 * MEBIBYTE));
  const third = await keeping.session();
  expect(stdoutOf(await keyed(third, line))).toBe('x'.repeat(5 * MEBIBYTE));
  expect(keeping.log()).toBe('1');
});

test('a session that comes back cancels what another one has begun', async () => {
  const first = await keeping.session();
  const line = `echo $$ > ${keeping.file('pid')}; ${keeping.waiting()}`;
  void keyed(first, line);
  await keeping.hasBegun();
  const second = await keeping.session();
  const answer = keyed(second, line);
  second.cancel();
  expect(await answer).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' }, epoch: 1 });
  expect(isRunning(Number(readFileSync(keeping.file('pid'), 'utf8')))).toBe(false);
});

test('a client that reads nothing any more does not keep the agent from another one', async () => {
  const first = await keeping.session();
  const line = `yes | head -c ${40 * MEBIBYTE}`;
  // The first session takes pieces only when it is let go on, so that the agent cannot write on.
  await keyed(first, `head -c ${40 * MEBIBYTE} /dev/zero > ${keeping.file('large')}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  const stuck = Promise.withResolvers<void>();
  const fetched = first.run({
    module: 'fetch',
    args: new Map([['src', keeping.file('large')]]),
    onData: () => {
      stuck.resolve();
      return promise;
    },
  });
  await stuck.promise;
  const second = await keeping.session();
  expect(stdoutOf(await keyed(second, `${line} | wc -c`))).toBe(String(40 * MEBIBYTE));
  resolve();
  expect(await fetched).toMatchObject({ kind: 'failed', lost: 'sent' });
});
