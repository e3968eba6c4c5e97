import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { buildFunctions } from '../../scripts/function-bundles.ts';
import { payload } from './agent-driver.ts';
import { readParts } from './packaging-parts.ts';
import { startSshd } from './sshd.ts';

const run = promisify(execFile);
const MODULES = ['setup', 'copy', 'lineinfile', '@keeping', 'command', 'none'];

test('a bundle reads YAML and sends the agent as the sources do', async () => {
  const target = mkdtempSync(join(tmpdir(), 'sortie-parts-'));
  await buildFunctions(target, { parts: 'test/integration/packaging-parts-entry.ts' });
  const files = globSync(join(import.meta.dirname, '../cases/{yaml,playbooks,inventory}/**/*.{yml,yaml}'));
  const { stdout } = await run(process.execPath, [join(target, 'parts.cjs'), MODULES.join(), ...files], {
    maxBuffer: 1 << 30,
  });
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const expected = readParts(payload, MODULES, texts);
  expect(expected.agent.map((parts) => JSON.stringify(parts ?? []).length > 2)).toEqual([
    ...[true, true, true, true],
    ...[false, false],
  ]);
  expect(texts.length).toBeGreaterThan(100);
  expect(stdout).toBe(JSON.stringify(expected));
});

test('a bundle speaks chacha20-poly1305 with the Poly1305 of another package', async () => {
  const target = mkdtempSync(join(tmpdir(), 'sortie-cipher-'));
  await buildFunctions(target, { cipher: 'test/integration/packaging-cipher-entry.ts' });
  const sshd = await startSshd({ config: ['Ciphers chacha20-poly1305@openssh.com'] });
  try {
    const key = readFileSync(sshd.keys.ed25519, 'utf8');
    const env = { KEY: key, PORT: String(sshd.port), USERNAME: userInfo().username };
    expect((await run(process.execPath, [join(target, 'cipher.cjs')], { env })).stdout).toBe('the same');
  } finally {
    await sshd.stop();
  }
});
