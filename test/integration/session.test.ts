import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import type {
  Connection,
  ConnectionTarget,
  Content,
  Reply,
  Session,
} from '../../functions/host/session/session.ts';
import { type Failure, FailureError } from '../../shared/base/failure.ts';
import { startRelay } from './delaying-relay.ts';
import { shell, stdoutOf, testDeps } from './session-deps.ts';
import { type Sshd, startSshd } from './sshd.ts';

const MEBIBYTE = 1_048_576;

async function withSession<T>(
  target: ConnectionTarget,
  work: (session: Session, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = openConnection(target, testDeps());
  try {
    return await work(await connection.session(), connection);
  } finally {
    await connection.close();
  }
}

async function bootFailure(target: ConnectionTarget): Promise<Failure> {
  try {
    await withSession(target, () => Promise.resolve());
  } catch (error) {
    if (error instanceof FailureError) {
      return error.failure;
    }
    throw error;
  }
  throw new Error('it booted');
}

/** `kind stdout` of each reply. */
function summary(replies: readonly Reply[]): readonly string[] {
  return replies.map((reply) =>
    reply.kind === 'result' ? `result ${reply.result.get('stdout')}` : reply.kind,
  );
}

function agentPid(session: Session): Promise<number> {
  return shell(session, 'echo $PPID').then((reply) => Number(stdoutOf(reply)));
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** `size` bytes in pieces, none of which is kept. */
function generated(size: number): Content & { readonly sha1: () => string } {
  const hash = createHash('sha1');
  return {
    size,
    sha1: () => hash.copy().digest('hex'),
    open: async function* () {
      for (let left = size; left > 0; left -= 3 * MEBIBYTE) {
        const piece = Buffer.alloc(Math.min(left, 3 * MEBIBYTE), `${left}`);
        hash.update(piece);
        yield piece;
      }
    },
  };
}

function copy(session: Session, dest: string, content: Content, checksum: string): Promise<Reply> {
  const args = new Map([
    ['dest', dest],
    ['_checksum', checksum],
    ['_source', 'generated'],
  ]);
  return session.run({ module: 'copy', args, content });
}

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd.stop();
});

const local: Partial<ConnectionTarget> = { kind: 'local' };

describe.each([
  ['over SSH', {}],
  ['on this machine', local],
])('a session %s', (_name, changes) => {
  const target = (): ConnectionTarget => ({ ...sshd.target, ...changes });

  test('answers 200 requests in order, and discards what is behind a failure', async () => {
    await withSession(target(), async (session) => {
      const lines = Array.from({ length: 200 }, (_, index) => (index === 120 ? 'exit 3' : `echo ${index}`));
      const order: number[] = [];
      const replies = await Promise.all(
        lines.map((line, index) =>
          shell(session, line).then((reply) => {
            order.push(index);
            return reply;
          }),
        ),
      );
      expect(order).toEqual(lines.map((_, index) => index));
      expect(summary(replies)).toEqual(
        lines.map((_, index) => (index < 120 ? `result ${index}` : index === 120 ? 'result ' : 'discarded')),
      );
      expect(stdoutOf(await shell(session, 'echo goes on'))).toBe('goes on');
    });
  });

  test('goes on behind a failure that is tolerated, and to the end of a group', async () => {
    await withSession(target(), async (session) => {
      const run = (line: string, more: object): Promise<Reply> =>
        session.run({ module: 'shell', args: new Map([['_raw_params', line]]), ...more });
      const replies = await Promise.all([
        run('echo tolerated; false', { tolerated: true }),
        run('echo first; false', { group: 1 }),
        run('echo second', { group: 1, groupEnd: true }),
        run('echo behind', {}),
      ]);
      expect(summary(replies)).toEqual(['result tolerated', 'result first', 'result second', 'discarded']);
    });
  });

  test('gives 20 MB of output back whole', async () => {
    await withSession(target(), async (session) => {
      const reply = await shell(session, `/usr/bin/python3 -c 'print("ä" * ${10 * MEBIBYTE})'; echo err >&2`);
      expect(stdoutOf(reply)).toBe('ä'.repeat(10 * MEBIBYTE));
      expect(reply.kind === 'result' && reply.result.get('stderr')).toBe('err');
    });
  });

  test('sends small and large contents in order, with bounded memory on both sides', async () => {
    await withSession(target(), async (session) => {
      const agent = await agentPid(session);
      const small = generated(1000);
      for await (const _piece of small.open()) {
        // The checksum has to be there before the request.
      }
      const large = generated(100 * MEBIBYTE);
      for await (const _piece of large.open()) {
        // As above.
      }
      const directory = sshd.directory;
      let peak = 0;
      const before = process.memoryUsage().rss;
      const sampler = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 5);
      const replies = await Promise.all([
        copy(session, path.join(directory, 'small'), small, small.sha1()),
        copy(session, path.join(directory, 'large'), generated(100 * MEBIBYTE), large.sha1()),
        shell(session, `stat -c %s ${path.join(directory, 'large')}`),
      ]);
      clearInterval(sampler);
      expect(summary(replies)).toEqual(['result undefined', 'result undefined', `result ${100 * MEBIBYTE}`]);
      expect(statSync(path.join(directory, 'small')).size).toBe(1000);
      const agentPeak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${agent}/status`, 'utf8'))?.[1];
      expect(Number(agentPeak) / 1024).toBeLessThan(60);
      expect((peak - before) / MEBIBYTE).toBeLessThan(60);
    });
  });

  test('sends nothing that was made before a failure was taken note of', async () => {
    await withSession(target(), async (session) => {
      const failed = await shell(session, 'exit 1');
      expect(failed).toMatchObject({ kind: 'result', epoch: 1 });
      const stale = session.run({ module: 'ping', args: new Map(), epoch: 0 });
      expect(await stale).toEqual({ kind: 'discarded' });
      expect(await session.run({ module: 'ping', args: new Map(), epoch: 1 })).toMatchObject({
        kind: 'result',
      });
    });
  });

  test('fails a request whose content cannot be read, and discards what is behind it', async () => {
    await withSession(target(), async (session) => {
      for (const size of [1000, 10 * MEBIBYTE]) {
        const broken: Content = {
          size,
          open: async function* () {
            yield Buffer.alloc(10);
            throw new Error('the file went away');
          },
        };
        const replies = await Promise.all([
          copy(session, path.join(sshd.directory, `broken${size}`), broken, 'none'),
          shell(session, 'echo behind'),
        ]);
        expect(replies).toMatchObject([
          { kind: 'failed', failure: { kind: 'module-failed', message: 'the file went away' } },
          { kind: 'discarded' },
        ]);
        expect(existsSync(path.join(sshd.directory, `broken${size}`))).toBe(false);
      }
      expect(stdoutOf(await shell(session, 'echo goes on'))).toBe('goes on');
    });
  });

  test('hands data of a fetch on, and waits for its receiver', async () => {
    await withSession(target(), async (session) => {
      const file = path.join(sshd.directory, 'fetched');
      await shell(session, `head -c ${5 * MEBIBYTE} /dev/urandom > ${file}`);
      let isBusy = false;
      const hash = createHash('sha1');
      const reply = await session.run({
        module: 'fetch',
        args: new Map([['src', file]]),
        onData: async (piece) => {
          expect(isBusy).toBe(false);
          isBusy = true;
          await new Promise((resolve) => setImmediate(resolve));
          hash.update(piece);
          isBusy = false;
        },
      });
      expect(reply.kind === 'result' && reply.result.get('checksum')).toBe(hash.digest('hex'));
    });
  });

  test('cancels the request in hand', async () => {
    await withSession(target(), async (session) => {
      const started = path.join(sshd.directory, `started-${target().kind}`);
      const sleeping = shell(session, `touch ${started}; sleep 1000`);
      const behind = shell(session, 'echo behind');
      await expect.poll(() => existsSync(started)).toBe(true);
      session.cancel();
      expect(await sleeping).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } });
      expect((await behind).kind).toBe('discarded');
      const atOnce = shell(session, 'sleep 1000');
      session.cancel();
      expect(await atOnce).toMatchObject({ kind: 'failed', failure: { kind: 'timed-out' } });
      expect(stdoutOf(await shell(session, 'echo goes on'))).toBe('goes on');
    });
  });

  test('says what was in hand when the agent died, and that the rest did not run', async () => {
    await withSession(target(), async (session) => {
      const replies = await Promise.all([
        shell(session, 'echo done'),
        shell(session, 'kill -9 $PPID'),
        shell(session, `touch ${path.join(sshd.directory, 'never')}`),
      ]);
      expect(replies).toMatchObject([
        { kind: 'result' },
        { kind: 'failed', failure: { kind: 'outcome-unknown', host: 'web1' } },
        { kind: 'failed', failure: { kind: 'agent-died', host: 'web1' } },
      ]);
      expect((await session.ended)?.kind).toBe('agent-died');
      expect(await shell(session, 'echo late')).toMatchObject({
        kind: 'failed',
        failure: { kind: 'agent-died' },
      });
      expect(existsSync(path.join(sshd.directory, 'never'))).toBe(false);
    });
  });

  test('leaves no process when it is closed', async () => {
    const pid = await withSession(target(), agentPid);
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  });

  test('runs raw commands beside the agent, with their own output and exit code', async () => {
    await withSession(target(), async (_session, connection) => {
      const results = await Promise.all(
        [1, 2, 3].map((code) =>
          connection.raw(`cat; echo out${code}; echo err >&2; exit ${code}`, undefined),
        ),
      );
      expect(results.map(({ exitCode, stdout }) => [exitCode, stdout.toString()])).toEqual([
        [1, 'out1\n'],
        [2, 'out2\n'],
        [3, 'out3\n'],
      ]);
      expect(results[0]?.stderr.toString()).toBe('err\n');
    });
  });

  test('runs raw commands as another user', async () => {
    await withSession(target(), async (_session, connection) => {
      const result = await connection.raw(`id -un; echo "it's me"; cat; exit 4`, {
        method: 'sudo',
        user: 'nobody',
      });
      expect([result.exitCode, result.stdout.toString()]).toEqual([4, "nobody\nit's me\n"]);
      const refused = connection.raw('id', { method: 'sudo', user: 'nobody-here' });
      await expect(refused).rejects.toMatchObject({ failure: { kind: 'become-refused' } });
    });
  });

  test('cannot boot without a Python', async () => {
    expect(await bootFailure({ ...target(), python: '/opt/none/python' })).toMatchObject({
      kind: 'no-python',
      host: 'web1',
      message:
        '/opt/none/python is not there or is no Python 3.6 or newer. Correct ansible_python_interpreter, or leave it at auto.',
    });
  });
});

describe('a boot over SSH', () => {
  test.each([
    ['echo Welcome; echo to this host; eval "$SSH_ORIGINAL_COMMAND"', undefined],
    ['echo "This account is currently not available."; exit 1', 'This account is currently not available.'],
    ['echo "no room" >&2; exec sleep 0', 'no room'],
  ])('behind a login that prints: %s', async (command, message) => {
    const chatty = await startSshd({ config: [`ForceCommand ${command}`] });
    try {
      if (message === undefined) {
        const output = await withSession(chatty.target, (session) => shell(session, 'echo booted'));
        expect(stdoutOf(output)).toBe('booted');
      } else {
        const failure = await bootFailure(chatty.target);
        expect(failure.kind).toBe('boot-failed');
        expect(failure.message).toMatch(/^The agent could not be started on the host \(exit code \d\)\n/);
        expect(failure.detail).toBe(message);
      }
    } finally {
      await chatty.stop();
    }
  });

  test('tells nothing about what ran when the connection is lost', async () => {
    const relay = await startRelay(sshd.port, 0);
    const alias = ['-F', 'none', '-o', `HostKeyAlias=[127.0.0.1]:${sshd.port}`];
    try {
      await withSession({ ...sshd.target, port: relay.port, sshArguments: alias }, async (session) => {
        const pid = await agentPid(session);
        const replies = Promise.all([shell(session, 'sleep 1'), shell(session, 'echo queued')]);
        relay.cut();
        expect(await replies).toMatchObject([
          { kind: 'failed', failure: { kind: 'outcome-unknown', retryable: false } },
          { kind: 'failed', failure: { kind: 'outcome-unknown', retryable: false } },
        ]);
        expect(await session.ended).toMatchObject({ kind: 'unreachable', host: 'web1' });
        await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
      });
    } finally {
      await relay.stop();
    }
  });

  test('ends when the host falls silent', async () => {
    const relay = await startRelay(sshd.port, 0);
    const alias = ['-F', 'none', '-o', `HostKeyAlias=[127.0.0.1]:${sshd.port}`];
    const alive = ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=1'];
    try {
      const target = { ...sshd.target, port: relay.port, sshArguments: [...alias, ...alive] };
      await withSession(target, async (session) => {
        expect(stdoutOf(await shell(session, 'echo awake'))).toBe('awake');
        relay.freeze();
        const reply = await shell(session, 'echo unheard');
        expect(reply).toMatchObject({ kind: 'failed', failure: { kind: 'outcome-unknown' } });
        expect((await session.ended)?.message).toBe(
          'Failed to connect to the host via ssh: Timeout, server 127.0.0.1 not responding.',
        );
      });
    } finally {
      await relay.stop();
    }
  });
});
