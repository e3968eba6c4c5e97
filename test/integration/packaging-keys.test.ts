import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildFunctions } from '../../scripts/function-bundles.ts';

const run = promisify(execFile);

test('a bundle opens encrypted private keys with the SHA-512 of Node', async () => {
  const target = mkdtempSync(join(tmpdir(), 'sortie-keys-'));
  const file = join(target, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-a', '4', '-f', file]);
  await buildFunctions(target, { keys: 'test/integration/packaging-keys-entry.ts' });
  const open = async (passphrase: string): Promise<string> => {
    const env = { KEY: readFileSync(file, 'utf8'), PASSPHRASE: passphrase };
    return (await run(process.execPath, [join(target, 'keys.cjs')], { env })).stdout;
  };
  expect(await open('open sesame')).toBe('ssh-ed25519');
  expect(await open('close sesame')).toMatch(/integrity check failed/);
});

test('a bundle hashes with bcrypt by the digits of the other package', async () => {
  const target = mkdtempSync(join(tmpdir(), 'sortie-hash-'));
  await buildFunctions(target, { hash: 'test/integration/packaging-hash-entry.ts' });
  const env = { PASSPHRASE: 'U*U' };
  const { stdout } = await run(process.execPath, [join(target, 'hash.cjs')], { env });
  // A vector of crypt_blowfish, with the prefix of today.
  expect(stdout).toBe('$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW');
});
