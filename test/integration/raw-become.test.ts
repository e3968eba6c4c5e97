import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConnection } from '../../functions/host/session/connection.ts';
import type { ConnectionTarget, RawResult } from '../../functions/host/session/session.ts';
import type { BecomeRequest } from '../../shared/wire/agent-frame.ts';
import { testDeps } from './session-deps.ts';

/** Asks as sudo -S does, up to three times; runs the command as the same user. */
const ASKING_SUDO = `#!/bin/sh
while [ "$1" != /bin/sh ]; do [ "$1" = -p ] && prompt=$2; shift; done
for attempt in 1 2 3; do
  printf '%s' "$prompt" >&2
  read -r password || exit 1
  [ "$password" = 'open sesame' ] && exec "$@"
  echo 'Sorry, try again.' >&2
done
exit 1
`;

const target: ConnectionTarget = {
  kind: 'local',
  host: 'localhost',
  address: 'localhost',
  port: 22,
  user: 'me',
  password: undefined,
  privateKeyFiles: [],
  privateKeyPassphrase: undefined,
  hostKeyChecking: 'yes',
  knownHostsFiles: [],
  sshArguments: [],
  connectTimeoutMs: 10_000,
  python: 'auto',
};

let directory: string;
let asking: BecomeRequest;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sortie-become-'));
  const exe = path.join(directory, 'sudo');
  writeFileSync(exe, ASKING_SUDO);
  chmodSync(exe, 0o755);
  asking = { method: 'sudo', user: 'root', exe, password: 'open sesame' };
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function raw(become: BecomeRequest): Promise<RawResult> {
  return openConnection(target, testDeps()).raw('cat; echo out; echo err >&2; exit 3', become);
}

test('types the password when it is asked for, and hides the question', async () => {
  const result = await raw(asking);
  expect([result.exitCode, result.stdout.toString(), result.stderr.toString()]).toEqual([
    3,
    'out\n',
    'err\n',
  ]);
});

test('does not give the password to a command that was not asked for one', async () => {
  const exe = path.join(directory, 'quiet-sudo');
  writeFileSync(exe, '#!/bin/sh\nwhile [ "$1" != /bin/sh ]; do shift; done\nexec "$@"\n');
  chmodSync(exe, 0o755);
  expect((await raw({ ...asking, exe })).stdout.toString()).toBe('out\n');
});

test('ends when the password is wrong', async () => {
  await expect(raw({ ...asking, password: 'wrong' })).rejects.toMatchObject({
    failure: { kind: 'become-refused', message: 'Incorrect sudo password', host: 'localhost' },
  });
});

test('ends when a password is missing', async () => {
  const exe = path.join(directory, 'strict-sudo');
  writeFileSync(exe, '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n');
  chmodSync(exe, 0o755);
  await expect(raw({ method: 'sudo', user: 'root', exe })).rejects.toMatchObject({
    failure: { kind: 'become-refused', message: 'Missing sudo password' },
  });
});
