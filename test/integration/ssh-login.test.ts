import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbeddedHost } from '../../examples/embedded-host.ts';
import { openConnection } from '../../functions/host/session/connection.ts';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';
import { connectSsh } from '../../functions/host/session/ssh-link.ts';
import { planSsh } from '../../functions/host/session/ssh-plan.ts';
import { FailureError } from '../../shared/base/failure.ts';
import { Secret } from '../../shared/base/secret.ts';
import { type Relay, startRelay } from './delaying-relay.ts';
import { testDeps } from './session-deps.ts';
import { freePort, makeKey, type Sshd, startSshd } from './sshd.ts';

type Login = { readonly way: string; readonly output: string };

/** Logs in and runs `cat; echo end` with some input, the way a boot is executed. */
async function login(
  target: ConnectionTarget,
  options: { readonly isPlain?: boolean; readonly authSocket?: string; readonly onOutput?: () => void } = {},
): Promise<Login> {
  const { plan } = planSsh(target, testDeps(options.authSocket).environment);
  const { link, channel } = await connectSsh(plan, {
    warn: () => {},
    isPlain: options.isPlain ?? false,
    first: { command: 'cat; echo end', stdin: Buffer.alloc(100_000, 'x') },
  });
  try {
    if (channel === undefined) {
      throw new Error('no channel');
    }
    channel.stdin.end(' more\n');
    let output = '';
    for await (const piece of channel.stdout) {
      if (output === '') {
        options.onOutput?.();
      }
      output += piece;
    }
    return { way: link.way, output: output.replace(/x+/, (all) => `${all.length} bytes`) };
  } finally {
    await link.close();
  }
}

async function failureOf(promise: Promise<unknown>): Promise<FailureError['failure']> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof FailureError) {
    return error.failure;
  }
  throw error;
}

/** Through a relay, so that turns and connections are counted; the host's key is known by its real port. */
async function throughRelay(
  sshd: Sshd,
  roundTripMs: number,
  work: (target: ConnectionTarget, relay: Relay) => Promise<void>,
): Promise<void> {
  const relay = await startRelay(sshd.port, roundTripMs);
  const alias = ['-o', `HostKeyAlias=[127.0.0.1]:${sshd.port}`];
  try {
    await work(
      { ...sshd.target, port: relay.port, sshArguments: [...sshd.target.sshArguments, ...alias] },
      relay,
    );
  } finally {
    await relay.stop();
  }
}

const OUTPUT = '100000 bytes more\nend\n';

describe('a login with OpenSSH', () => {
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.stop();
  });

  test.each(['ed25519', 'rsa', 'ecdsa'] as const)(
    'sends login and exec ahead with an %s key',
    async (type) => {
      const target = { ...sshd.target, privateKeyFiles: [sshd.keys[type]] };
      expect(await login(target)).toEqual({ way: 'ahead', output: OUTPUT });
    },
  );

  test.each(['ed25519', 'rsa', 'ecdsa'] as const)('works step by step with an %s key', async (type) => {
    const target = { ...sshd.target, privateKeyFiles: [sshd.keys[type]] };
    expect(await login(target, { isPlain: true })).toEqual({ way: 'plain', output: OUTPUT });
  });

  test('saves at least four turns of the conversation', { retry: 4 }, async () => {
    await throughRelay(sshd, 40, async (target, relay) => {
      const turns: number[] = [];
      const onOutput = (): void => {
        turns.push(relay.turns());
      };
      expect((await login(target, { onOutput })).way).toBe('ahead');
      const before = relay.turns();
      expect((await login(target, { onOutput, isPlain: true })).way).toBe('plain');
      // Until the first byte of output comes back: five and nine, or one less when two greetings cross.
      const [ahead = 0, plain = 0] = turns;
      expect(plain - before - ahead).toBeGreaterThanOrEqual(4);
    });
  });

  test.each([
    ['rsa', ['-m', 'PEM']],
    ['rsa', ['-m', 'PKCS8']],
    ['ecdsa', ['-m', 'PEM']],
    ['ecdsa', ['-m', 'PKCS8']],
  ] as const)('reads %s keys written with %s', async (type, format) => {
    const key = path.join(sshd.directory, `${type}${format.join('')}`);
    makeKey(key, type, format);
    appendFileSync(path.join(sshd.directory, 'authorized_keys'), readFileSync(`${key}.pub`));
    expect((await login({ ...sshd.target, privateKeyFiles: [key] })).output).toBe(OUTPUT);
  });

  test('opens an encrypted key with its passphrase, and says so when there is none', async () => {
    const key = path.join(sshd.directory, 'encrypted');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', key]);
    appendFileSync(path.join(sshd.directory, 'authorized_keys'), readFileSync(`${key}.pub`));
    const target = { ...sshd.target, privateKeyFiles: [key] };
    const opened = { ...target, privateKeyPassphrase: new Secret('open sesame') };
    expect((await login(opened)).output).toBe(OUTPUT);
    const failure = await failureOf(login(target));
    expect(failure.kind).toBe('auth-refused');
    expect(failure.detail).toBe(`Load key "${key}": it is encrypted and no passphrase was given`);
  });

  test('does not use a key that others may read', async () => {
    const key = path.join(sshd.directory, 'open');
    makeKey(key, 'ed25519');
    chmodSync(key, 0o644);
    const failure = await failureOf(login({ ...sshd.target, privateKeyFiles: [key] }));
    expect(failure.detail).toContain(`Permissions 0644 for '${key}' are too open`);
  });

  test('uses the keys of an agent', async () => {
    const socket = path.join(sshd.directory, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    try {
      await expect.poll(() => execFileSync('ls', [sshd.directory]).toString()).toContain('agent.sock');
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      for (const type of ['rsa', 'ed25519'] as const) {
        execFileSync('ssh-add', ['-q', sshd.keys[type]], { env });
        const target = { ...sshd.target, privateKeyFiles: [] };
        expect(await login(target, { authSocket: socket })).toEqual({ way: 'ahead', output: OUTPUT });
        expect((await login(target, { authSocket: socket, isPlain: true })).output).toBe(OUTPUT);
        execFileSync('ssh-add', ['-q', '-D'], { env });
      }
    } finally {
      agent.kill();
    }
  });

  test('ends with what the server would have accepted', async () => {
    const key = path.join(sshd.directory, 'stranger');
    makeKey(key, 'ed25519');
    const failure = await failureOf(login({ ...sshd.target, privateKeyFiles: [key] }));
    expect(failure).toEqual({
      kind: 'auth-refused',
      message: `Failed to connect to the host via ssh: ${sshd.target.user}@127.0.0.1: Permission denied (publickey).`,
      retryable: false,
    });
  });

  test('goes through other hosts', async () => {
    const far = await startSshd();
    const home = path.join(sshd.directory, 'home');
    execFileSync('mkdir', ['-p', path.join(home, '.ssh')]);
    const config = [
      'Host near',
      '  HostName 127.0.0.1',
      `  Port ${sshd.port}`,
      `  IdentityFile ${sshd.keys.rsa}`,
      `  UserKnownHostsFile ${sshd.knownHosts}`,
    ];
    writeFileSync(path.join(home, '.ssh/config'), config.join('\n'));
    try {
      const logins = (): number => sshd.log().split('Accepted publickey').length;
      const before = logins();
      const deps = testDeps();
      const near = { ...deps, environment: { ...deps.environment, home } };
      const connection = openConnection(
        {
          ...far.target,
          privateKeyFiles: [far.keys.ed25519, sshd.keys.rsa],
          knownHostsFiles: [far.knownHosts, sshd.knownHosts],
          sshArguments: ['-o', 'ProxyJump=near'],
        },
        near,
      );
      const result = await connection.raw('echo $SSH_CONNECTION', undefined);
      await connection.close();
      expect(result.stdout.toString()).toContain(` 127.0.0.1 ${far.port}\n`);
      expect(logins()).toBe(before + 1);
    } finally {
      await far.stop();
    }
  });

  test('goes through a command', async () => {
    const relay = `/usr/bin/python3 -c 'import socket,sys,os,select
s=socket.create_connection((sys.argv[1],int(sys.argv[2])))
while 1:
  for f in select.select([0,s],[],[])[0]:
    d=os.read(f if f==0 else s.fileno(),65536)
    if not d: sys.exit()
    s.sendall(d) if f==0 else os.write(1,d)' %h %p`;
    const target = { ...sshd.target, sshArguments: ['-F', 'none', '-o', `ProxyCommand=${relay}`] };
    const connection = openConnection(target, testDeps());
    const result = await connection.raw('echo through', undefined);
    await connection.close();
    expect(result.stdout.toString()).toBe('through\n');
  });
});

describe('a login that is not accepted at once', () => {
  test('goes on with the next key on the same connection', async () => {
    const sshd = await startSshd({ accepted: ['ecdsa'] });
    try {
      await throughRelay(sshd, 0, async (target, relay) => {
        const keys = [sshd.keys.ed25519, sshd.keys.rsa, sshd.keys.ecdsa];
        expect(await login({ ...target, privateKeyFiles: keys })).toEqual({ way: 'plain', output: OUTPUT });
        expect(relay.connections()).toBe(1);
      });
    } finally {
      await sshd.stop();
    }
  });

  test('is made again, step by step, when the server hangs up on what came ahead', { retry: 4 }, async () => {
    const sshd = await startSshd();
    try {
      // So slow that a busy machine does not make one turn of two.
      await throughRelay(sshd, 100, async (target, relay) => {
        relay.cutFirstAtTurn(4);
        expect(await login(target)).toEqual({ way: 'plain', output: OUTPUT });
        expect(relay.connections()).toBe(2);
      });
    } finally {
      await sshd.stop();
    }
  });

  test('opens its channel again when the server counts channels in another way', async () => {
    const hostKey = ssh2.utils.generateKeyPairSync('ed25519');
    const commands: string[] = [];
    const port = await freePort();
    const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
      Reflect.get(client, '_chanMgr').add(() => {});
      client.on('authentication', (context) => context.accept());
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          commands.push(command);
          const channel = acceptExec();
          channel.on('data', (piece: Buffer) => channel.write(piece));
          channel.on('end', () => {
            channel.write('end\n');
            channel.exit(0);
            channel.end();
          });
        });
      });
      client.on('error', () => {});
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const sshd = await startSshd();
    try {
      const knownHosts = path.join(sshd.directory, 'other_known_hosts');
      writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey.public}\n`);
      const result = await login({ ...sshd.target, port, knownHostsFiles: [knownHosts] });
      expect(result.output).toBe(OUTPUT);
      expect(commands).toEqual(['cat; echo end']);
    } finally {
      server.close();
      await sshd.stop();
    }
  });

  test('ends when the server has had enough attempts', async () => {
    const sshd = await startSshd({ config: ['MaxAuthTries 1'], accepted: ['rsa'] });
    try {
      const keys = [sshd.keys.ed25519, sshd.keys.rsa];
      const failure = await failureOf(login({ ...sshd.target, privateKeyFiles: keys }));
      expect(failure.kind).toBe('auth-refused');
      expect(failure.message).toContain('Too many authentication failures');
    } finally {
      await sshd.stop();
    }
  });

  test('asks for a second method when the key is only half of it', async () => {
    const sshd = await startSshd({ config: ['AuthenticationMethods publickey,publickey'] });
    try {
      const keys = [sshd.keys.ed25519, sshd.keys.rsa];
      expect(await login({ ...sshd.target, privateKeyFiles: keys })).toEqual({
        way: 'plain',
        output: OUTPUT,
      });
    } finally {
      await sshd.stop();
    }
  });

  test.each(['password', 'keyboard-interactive'])('uses a password by %s', async (method) => {
    const root = mkdtempSync(path.join(tmpdir(), 'sortie-password-'));
    const host = await startEmbeddedHost({ name: 'web1', root, password: 'secret' });
    const knownHosts = path.join(root, 'known_hosts');
    writeFileSync(knownHosts, host.knownHostLine);
    const target: ConnectionTarget = {
      kind: 'ssh',
      host: 'web1',
      address: '127.0.0.1',
      port: host.port,
      user: 'demo',
      password: new Secret('secret'),
      privateKeyFiles: [],
      privateKeyPassphrase: undefined,
      hostKeyChecking: 'yes',
      knownHostsFiles: [knownHosts],
      sshArguments: ['-F', 'none', '-o', `PreferredAuthentications=${method}`],
      connectTimeoutMs: 10_000,
      python: 'auto',
    };
    try {
      expect(await login(target)).toEqual({ way: 'plain', output: OUTPUT });
      const failure = await failureOf(login({ ...target, password: new Secret('wrong') }));
      expect(failure.message).toBe(
        'Failed to connect to the host via ssh: demo@127.0.0.1: Permission denied (password,keyboard-interactive).',
      );
    } finally {
      await host.stop();
      rmSync(root, { recursive: true });
    }
  });
});
