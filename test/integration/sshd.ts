/** A real OpenSSH server on 127.0.0.1 with keys and configuration of its own, for tests. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';

export type Sshd = {
  readonly port: number;
  readonly directory: string;
  /** Private keys that the server accepts, by type. */
  readonly keys: Readonly<Record<'ecdsa' | 'ed25519' | 'rsa', string>>;
  readonly knownHosts: string;
  /** A target that works; tests change what they are about. */
  readonly target: ConnectionTarget;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
};

export type SshdOptions = {
  /** Lines that come before the others, so that they win. */
  readonly config?: readonly string[];
  /** Types of user keys that are accepted; all by default. */
  readonly accepted?: readonly string[];
};

const TYPES = ['ed25519', 'rsa', 'ecdsa'] as const;

/** Starts a server and waits until it answers. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-sshd-'));
  const port = await freePort();
  const keyFile = (type: string): string => path.join(directory, `user_${type}`);
  for (const type of TYPES) {
    makeKey(keyFile(type), type);
    makeKey(path.join(directory, `host_${type}`), type);
  }
  const accepted = options.accepted ?? TYPES;
  const authorized = accepted.map((type) => readFileSync(`${keyFile(type)}.pub`, 'utf8')).join('');
  writeFileSync(path.join(directory, 'authorized_keys'), authorized);
  const knownHosts = path.join(directory, 'known_hosts');
  writeFileSync(knownHosts, TYPES.map((type) => knownHostLine(directory, type, port)).join(''));
  const configFile = path.join(directory, 'sshd_config');
  writeFileSync(configFile, sshdConfig(directory, port, options.config ?? []));
  const logFile = path.join(directory, 'sshd.log');
  if (process.getuid?.() === 0) {
    mkdirSync('/run/sshd', { recursive: true });
  }
  const server = spawn('/usr/sbin/sshd', ['-D', '-f', configFile, '-E', logFile], { stdio: 'ignore' });
  await waitForPort(port);
  return {
    port,
    directory,
    keys: { ecdsa: keyFile('ecdsa'), ed25519: keyFile('ed25519'), rsa: keyFile('rsa') },
    knownHosts,
    target: targetOf(port, keyFile('ed25519'), knownHosts),
    log: () => readFileSync(logFile, 'utf8'),
    stop: () => stop(server, directory),
  };
}

/** The line of known_hosts for one of the server's keys. */
export function knownHostLine(directory: string, type: string, port: number): string {
  const [keyType, blob] = readFileSync(path.join(directory, `host_${type}.pub`), 'utf8').split(' ');
  return `[127.0.0.1]:${port} ${keyType} ${blob}\n`;
}

/** Makes a key pair with ssh-keygen. */
export function makeKey(file: string, type: string, more: readonly string[] = []): void {
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  const options = ['-q', '-t', type, ...bits, '-N', '', '-C', path.basename(file), '-f', file, ...more];
  execFileSync('ssh-keygen', options);
  chmodSync(file, 0o600);
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function targetOf(port: number, keyFile: string, knownHosts: string): ConnectionTarget {
  return {
    kind: 'ssh',
    host: 'web1',
    address: '127.0.0.1',
    port,
    user: userInfo().username,
    password: undefined,
    privateKeyFiles: [keyFile],
    privateKeyPassphrase: undefined,
    hostKeyChecking: 'yes',
    knownHostsFiles: [knownHosts],
    sshArguments: ['-F', 'none'],
    connectTimeoutMs: 10_000,
    python: 'auto',
  };
}

function sshdConfig(directory: string, port: number, first: readonly string[]): string {
  return [
    ...first,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...TYPES.map((type) => `HostKey ${path.join(directory, `host_${type}`)}`),
    `AuthorizedKeysFile ${path.join(directory, 'authorized_keys')}`,
    `PidFile ${path.join(directory, 'sshd.pid')}`,
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100:30:200',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sshd does not listen on port ${port}`);
}

async function stop(server: ChildProcess, directory: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill();
  await ended;
  rmSync(directory, { recursive: true, force: true });
}
