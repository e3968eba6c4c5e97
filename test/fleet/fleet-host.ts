/** One test host: an sshd in namespaces of its own, or one of the user who runs this. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export type FleetHost = {
  readonly name: string;
  readonly port: number;
  /** Where this machine sees the host's files. */
  readonly root: string;
  /** Where this machine sees only what differs from itself; the root of a user-level host. */
  readonly changes: string;
  readonly knownHostLine: string;
  readonly log: () => string;
  /** What runs on the host; of a user-level host nothing is known. */
  readonly processes: () => readonly HostProcess[];
  readonly stop: () => Promise<void>;
};

/** A process of a host, as this machine numbers it. `isFirst`: the one that starts sshd whenever it is gone. */
export type HostProcess = { readonly pid: number; readonly command: string; readonly isFirst: boolean };

type Place = { readonly name: string; readonly directory: string; readonly port: number };

const POD = path.join(import.meta.dirname, 'pod.sh');
/** Because a loaded machine needs some seconds to add the users of several hosts at once. */
const START_MS = 30_000;

export async function startPod(place: Place): Promise<FleetHost> {
  const child = spawn(POD, [place.directory, place.name, String(place.port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await answering(child, place);
  const first = firstChild(child.pid ?? 0);
  const inside = `/proc/${first}/root${place.directory}/pod`;
  return {
    name: place.name,
    port: place.port,
    root: `${inside}/root`,
    changes: `${inside}/upper`,
    knownHostLine: knownHostLine(place),
    log: () => readFileSync(`${inside}/root/var/log/sshd.log`, 'utf8'),
    processes: () => processesBeside(first),
    stop: () => stop(child),
  };
}

export async function startUserHost(place: Place): Promise<FleetHost> {
  const root = path.join(place.directory, 'root');
  mkdirSync(root);
  const config = path.join(place.directory, 'sshd_config');
  const log = path.join(place.directory, 'sshd.log');
  writeFileSync(config, userConfig(place));
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', config, '-E', log], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await answering(child, place);
  return {
    name: place.name,
    port: place.port,
    root,
    changes: root,
    knownHostLine: knownHostLine(place),
    log: () => readFileSync(log, 'utf8'),
    processes: () => [],
    stop: () => stop(child),
  };
}

function userConfig({ directory, port }: Place): string {
  return [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/user_key.pub`,
    'PasswordAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'PermitTTY no',
    'PidFile none',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function answering(child: ChildProcess, { name, port }: Place): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const until = performance.now() + START_MS;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The test host ${name} did not come up: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The processes in the namespace of this one. */
function processesBeside(first: number): readonly HostProcess[] {
  const namespace = readlinkSync(`/proc/${first}/ns/pid`);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && isIn(pid, namespace))
    .map((pid) => ({ pid, command: commandOf(pid), isFirst: pid === first }));
}

function isIn(pid: number, namespace: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** unshare's child is the first process of the new namespaces. */
function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function knownHostLine({ directory, port }: Place): string {
  const [type, blob] = readFileSync(path.join(directory, 'host_key.pub'), 'utf8').split(' ');
  return `[127.0.0.1]:${port} ${type} ${blob}\n`;
}

/** SIGKILL, because unshare blocks the others; the kernel ends what runs in its namespaces. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
