import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startEmbeddedFleet } from '../../examples/embedded-host.ts';
import { openConnection } from '../../functions/host/session/connection.ts';
import type { ConnectionTarget } from '../../functions/host/session/session.ts';
import { shell, stdoutOf, testDeps } from './session-deps.ts';

test('embedded hosts are reached as their inventory says, and have homes of their own', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'sortie-embedded-'));
  const fleet = await startEmbeddedFleet(directory, ['web1', 'web2']);
  try {
    const inventory = readFileSync(fleet.inventory, 'utf8');
    const homes = await Promise.all(
      fleet.hosts.map(async ({ name, port, root }) => {
        expect(inventory).toContain(
          `${name} ansible_host=127.0.0.1 ansible_port=${port} demo_root=${root}\n`,
        );
        const connection = openConnection(
          targetOf(port, fleet.privateKeyFile, fleet.knownHostsFile),
          testDeps(),
        );
        const session = await connection.session();
        const reply = await shell(session, 'echo $HOME; pwd; exit 0');
        const raw = await connection.raw('echo out; echo err >&2; exit 3', undefined);
        expect([raw.exitCode, raw.stdout.toString(), raw.stderr.toString()]).toEqual([3, 'out\n', 'err\n']);
        await connection.close();
        return stdoutOf(reply);
      }),
    );
    expect(homes).toEqual(fleet.hosts.map(({ root }) => `${root}\n${root}`));
  } finally {
    await fleet.stop();
    rmSync(directory, { recursive: true });
  }
});

function targetOf(port: number, privateKeyFile: string, knownHostsFile: string): ConnectionTarget {
  return {
    kind: 'ssh',
    host: 'web',
    address: '127.0.0.1',
    port,
    user: 'demo',
    password: undefined,
    privateKeyFiles: [privateKeyFile],
    privateKeyPassphrase: undefined,
    hostKeyChecking: 'yes',
    knownHostsFiles: [],
    sshArguments: ['-F', 'none', '-o', `UserKnownHostsFile=${knownHostsFile}`],
    connectTimeoutMs: 10_000,
    python: 'auto',
  };
}
