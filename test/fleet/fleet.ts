/**
 * Test hosts with real OpenSSH on ports of 127.0.0.1. Where this is root each has a file system, processes and users of
 * its own; elsewhere each is an sshd of the user's own with a directory as `demo_root`.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeKey } from '../integration/sshd.ts';
import { type FleetHost, startPod, startUserHost } from './fleet-host.ts';
import { hostPort } from './host-port.ts';

export type FleetKind = 'pods' | 'user-level';

export type Fleet = {
  readonly kind: FleetKind;
  readonly hosts: readonly FleetHost[];
  readonly directory: string;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  readonly opsPassword: string;
  /** An INI inventory: the hosts by their name's letters (`web1` is in `web`), reached as `deploy` with the right key. */
  readonly inventory: string;
  readonly stop: () => Promise<void>;
};

const OPS_PASSWORD = "it's a secret";

/** What this machine can do, and why not more; `undefined` when there is not even an sshd. */
export function fleetKind(): { readonly kind: FleetKind; readonly reason: string } | undefined {
  if (!succeeds('test', ['-x', '/usr/sbin/sshd'])) return undefined;
  if (process.getuid?.() !== 0) return { kind: 'user-level', reason: 'hosts of their own need root' };
  const overlay =
    'mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/r && mount -t overlay o -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r';
  return succeeds('unshare', ['--mount', '--pid', '--fork', '--uts', 'sh', '-c', overlay])
    ? { kind: 'pods', reason: '' }
    : { kind: 'user-level', reason: 'this machine lets nobody mount overlays' };
}

/** Starts one host per name and waits until all of them answer. */
export async function startFleet(names: readonly string[], kind: FleetKind): Promise<Fleet> {
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-fleet-'));
  const privateKeyFile = path.join(directory, 'user_key');
  makeKey(privateKeyFile, 'ed25519');
  const hosts = await Promise.all(names.map((name) => startHost(name, directory, kind)));
  const knownHostsFile = path.join(directory, 'known_hosts');
  writeFileSync(knownHostsFile, hosts.map((host) => host.knownHostLine).join(''));
  const inventory = path.join(directory, 'inventory');
  writeFileSync(inventory, inventoryText(hosts, { kind, privateKeyFile, knownHostsFile }));
  return {
    kind,
    hosts,
    directory,
    privateKeyFile,
    knownHostsFile,
    opsPassword: OPS_PASSWORD,
    inventory,
    stop: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function startHost(name: string, fleetDirectory: string, kind: FleetKind): Promise<FleetHost> {
  const directory = path.join(fleetDirectory, name);
  mkdirSync(path.join(directory, 'pod'), { recursive: true });
  makeKey(path.join(directory, 'host_key'), 'ed25519');
  writeFileSync(
    path.join(directory, 'user_key.pub'),
    readFileSync(path.join(fleetDirectory, 'user_key.pub')),
  );
  writeFileSync(path.join(directory, 'ops_password'), OPS_PASSWORD, { mode: 0o600 });
  const place = { name, directory, port: await hostPort() };
  return kind === 'pods' ? startPod(place) : startUserHost(place);
}

type Access = {
  readonly kind: FleetKind;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
};

function inventoryText(
  hosts: readonly FleetHost[],
  { kind, privateKeyFile, knownHostsFile }: Access,
): string {
  const groups = [...new Set(hosts.map((host) => host.name.replace(/\d+$/, '')))];
  const own = (host: FleetHost): string => (kind === 'pods' ? '' : ` demo_root=${host.root}`);
  return [
    ...groups.flatMap((group) => [
      `[${group}]`,
      ...hosts
        .filter((host) => host.name.replace(/\d+$/, '') === group)
        .map((host) => `${host.name} ansible_host=127.0.0.1 ansible_port=${host.port}${own(host)}`),
      '',
    ]),
    '[all:vars]',
    ...(kind === 'pods' ? ['ansible_user=deploy'] : []),
    `ansible_ssh_private_key_file=${privateKeyFile}`,
    `ansible_ssh_common_args=-F none -o UserKnownHostsFile=${knownHostsFile} -o IdentitiesOnly=yes`,
    'ansible_python_interpreter=/usr/bin/python3',
    '',
  ].join('\n');
}

function succeeds(command: string, words: readonly string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
