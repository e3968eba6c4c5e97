import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';
import { type Failure, FailureError } from '../../shared/base/failure.ts';
import { testDeps } from './session-deps.ts';
import { freePort, knownHostLine, makeKey, type Sshd, startSshd } from './sshd.ts';

type Outcome = { readonly failure: Failure | undefined; readonly warnings: readonly string[] };

async function connect(target: ConnectionTarget): Promise<Outcome> {
  const deps = testDeps();
  const connection = openConnection(target, deps);
  try {
    await connection.raw('true', undefined);
    return { failure: undefined, warnings: deps.warnings };
  } catch (error) {
    if (error instanceof FailureError) {
      return { failure: error.failure, warnings: deps.warnings };
    }
    throw error;
  } finally {
    await connection.close();
  }
}

const PREFIX = 'Failed to connect to the host via ssh: ';

describe("a host's key", () => {
  let sshd: Sshd;
  let file: string;
  let name: string;
  let fingerprint: string;

  beforeAll(async () => {
    sshd = await startSshd();
    file = path.join(sshd.directory, 'test_known_hosts');
    name = `[127.0.0.1]:${sshd.port}`;
    const listing = execFileSync('ssh-keygen', ['-l', '-f', path.join(sshd.directory, 'host_ed25519.pub')]);
    fingerprint = listing.toString().split(' ')[1] ?? '';
  });
  afterAll(async () => {
    await sshd.stop();
  });

  /** A known_hosts file with the given text, and the way to check against it. */
  function known(
    text: string,
    hostKeyChecking: ConnectionTarget['hostKeyChecking'] = 'yes',
  ): ConnectionTarget {
    writeFileSync(file, text);
    return { ...sshd.target, knownHostsFiles: [file], hostKeyChecking };
  }

  function strangeKey(): string {
    const strange = path.join(sshd.directory, `strange${Math.random()}`);
    makeKey(strange, 'ed25519');
    return readFileSync(`${strange}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  }

  test.each(['ed25519', 'ecdsa', 'rsa'])('is asked for as %s when only that one is known', async (type) => {
    expect((await connect(known(knownHostLine(sshd.directory, type, sshd.port)))).failure).toBeUndefined();
  });

  test('is found under a hashed name', async () => {
    const target = known(knownHostLine(sshd.directory, 'rsa', sshd.port));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/);
    expect((await connect(target)).failure).toBeUndefined();
  });

  test('is found in a later file, under a pattern, and without its port', async () => {
    const key = knownHostLine(sshd.directory, 'ed25519', sshd.port).split(' ').slice(1).join(' ');
    for (const names of ['127.0.0.*', '127.0.0.1', `other,[127.0.0.?]:${sshd.port}`]) {
      const target = known(`# a comment\n\n${names} ${key}`);
      const files = [path.join(sshd.directory, 'not-there'), file];
      expect((await connect({ ...target, knownHostsFiles: files })).failure).toBeUndefined();
    }
  });

  test('that is not known is refused, with its fingerprint', async () => {
    expect((await connect(known(''))).failure).toEqual({
      kind: 'host-key-unknown',
      message:
        `${PREFIX}No ED25519 host key is known for ${name} and you have requested strict checking. ` +
        `The host's key is ${fingerprint}; add it with ssh-keyscan, or connect once with ssh, to trust it.\n` +
        'Host key verification failed.',
      retryable: false,
      host: 'web1',
    });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('that is new is remembered with accept-new, so that ssh knows it too', async () => {
    const target = known('other ssh-ed25519 AAAA', 'accept-new');
    expect((await connect(target)).failure).toBeUndefined();
    expect(execFileSync('ssh-keygen', ['-F', name, '-l', '-f', file]).toString()).toContain(fingerprint);
    expect((await connect({ ...target, hostKeyChecking: 'yes' })).failure).toBeUndefined();
  });

  test.each(['yes', 'accept-new'] as const)('that has changed is refused with %s', async (checking) => {
    const { failure } = await connect(known(`# first\n${name} ${strangeKey()}\n`, checking));
    expect(failure?.kind).toBe('host-key-mismatch');
    expect(failure?.message).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED!');
    expect(failure?.message).toContain(`The ED25519 key of ${name} is ${fingerprint}`);
    expect(failure?.message).toContain(`but ${file}:2 has SHA256:`);
    expect(failure?.message).toMatch(/Host key verification failed\.$/);
  });

  test('that has changed is warned about without checking', async () => {
    const { failure, warnings } = await connect(known(`${name} ${strangeKey()}\n`, 'no'));
    expect(failure).toBeUndefined();
    expect(warnings.join()).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED!');
  });

  test('that is revoked is refused whatever else is written', async () => {
    const line = knownHostLine(sshd.directory, 'ed25519', sshd.port);
    const { failure } = await connect(known(`${line}@revoked * ${line.split(' ').slice(1).join(' ')}`));
    expect(failure?.kind).toBe('host-key-mismatch');
    expect(failure?.message).toContain(`is marked as revoked in ${file}:2`);
  });

  test('is looked up where the ssh arguments say', async () => {
    writeFileSync(file, knownHostLine(sshd.directory, 'ed25519', sshd.port));
    const named = {
      ...sshd.target,
      knownHostsFiles: [],
      sshArguments: ['-F', 'none', '-o', `UserKnownHostsFile=${file}`],
    };
    expect((await connect(named)).failure).toBeUndefined();
    const unchecked = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    expect((await connect({ ...named, sshArguments: unchecked })).failure).toBeUndefined();
  });
});

describe('a host that cannot be reached', () => {
  const base: Omit<ConnectionTarget, 'port'> = {
    kind: 'ssh',
    host: 'web1',
    address: '127.0.0.1',
    user: 'root',
    password: undefined,
    privateKeyFiles: [],
    privateKeyPassphrase: undefined,
    hostKeyChecking: 'yes',
    knownHostsFiles: ['/dev/null'],
    sshArguments: ['-F', 'none'],
    connectTimeoutMs: 300,
    python: 'auto',
  };

  test('refuses', async () => {
    const port = await freePort();
    expect((await connect({ ...base, port })).failure).toEqual({
      kind: 'unreachable',
      message: `${PREFIX}ssh: connect to host 127.0.0.1 port ${port}: Connection refused`,
      retryable: true,
      host: 'web1',
    });
  });

  test('has no address', async () => {
    const { failure } = await connect({
      ...base,
      address: 'nowhere.invalid',
      port: 22,
      connectTimeoutMs: 10_000,
    });
    expect(failure?.kind).toBe('unreachable');
    expect(failure?.message).toMatch(
      /^Failed to connect to the host via ssh: ssh: Could not resolve hostname nowhere\.invalid: /,
    );
  });

  test.each([
    ['says nothing', undefined, 'Connection timed out during banner exchange with 127.0.0.1 port '],
    ['hangs up', '', 'Connection closed by 127.0.0.1 port '],
    ['is something else', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'Connection closed by 127.0.0.1 port '],
  ])('%s', async (_name, greeting, message) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      if (greeting !== undefined) {
        socket.end(greeting);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { failure } = await connect({ ...base, port });
    server.close();
    expect(failure).toMatchObject({ kind: 'unreachable', message: `${PREFIX}${message}${port}` });
  });
});
