/** The hosts of the benchmarks: one sshd on 127.0.0.1 with a port for each host, and relays before it. */

import { appendFileSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { freePort, knownHostLine, startSshd } from '../test/integration/sshd.ts';
import type { Traffic } from './relay.ts';
import { startRelays } from './relay.ts';

/** A way to the hosts, by its ports; counts only when it leads through relays. */
export type Road = {
  readonly ports: readonly number[];
  readonly take: (() => Traffic) | undefined;
};

export type Targets = {
  /** A new empty directory of the target machine, for one run. */
  readonly newRoot: () => string;
  readonly keyFile: string;
  readonly user: string;
  /** What ssh needs to log in without the user's configuration. */
  readonly sshOptions: readonly string[];
  /** Straight to the server. */
  readonly direct: Road;
  /** Through relays; a road is built once. */
  readonly relayed: (roundTripMs: number) => Promise<Road>;
  readonly stop: () => Promise<void>;
};

/** Starts the server, with as many ports as hosts. */
export async function startTargets(hosts: number): Promise<Targets> {
  const more: number[] = [];
  while (more.length < hosts - 1) {
    const port = await freePort();
    if (!more.includes(port)) more.push(port);
  }
  const sshd = await startSshd({
    // Ansible carries files by SFTP.
    config: [...more.map((port) => `Port ${port}`), 'Subsystem sftp internal-sftp'],
  });
  const ports = [sshd.port, ...more];
  const know = (port: number): void =>
    appendFileSync(sshd.knownHosts, knownHostLine(sshd.directory, 'ed25519', port));
  more.forEach(know);
  const relays = new Map<number, Awaited<ReturnType<typeof startRelays>>>();
  let roots = 0;
  return {
    newRoot: () => {
      roots += 1;
      const root = path.join(sshd.directory, `root-${roots}`);
      mkdirSync(root);
      return root;
    },
    keyFile: sshd.keys.ed25519,
    user: userInfo().username,
    sshOptions: [
      ...['-F', 'none', '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${sshd.knownHosts}`],
      // Tasks on an inventory's 127.0.0.1 may change the files that later tasks read here, so they wait for each other.
      ...['-o', 'HostName=127.0.0.1'],
    ],
    direct: { ports, take: undefined },
    relayed: async (roundTripMs) => {
      const known = relays.get(roundTripMs);
      if (known !== undefined) return known;
      const started = await startRelays(ports, roundTripMs);
      relays.set(roundTripMs, started);
      started.ports.forEach(know);
      return started;
    },
    stop: async () => {
      for (const relay of relays.values()) await relay.stop();
      await sshd.stop();
    },
  };
}
