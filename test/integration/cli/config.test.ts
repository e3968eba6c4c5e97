/** `sortie config` says of the configuration what ansible-config says. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { config } from '../../../cli/config.ts';

let directory = '';
const FILE = '[defaults]\nforks = 7\nroles_path = a:b\n[ssh_connection]\npipelining=true\n';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-config-test-'));
  writeFileSync(join(directory, 'ansible.cfg'), FILE);
});
afterEach(() => rmSync(directory, { recursive: true }));

async function run(...argv: readonly string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const exitCode = await config(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    columns: 80,
    isTerminal: false,
    environment: { ANSIBLE_TIMEOUT: '12' },
    homeDirectory: directory,
    workingDirectory: directory,
  });
  return { exitCode, out, err };
}

test('dump shows what is not as it is by default, and where that comes from', async () => {
  const file = join(directory, 'ansible.cfg');
  expect(await run('dump', '--only-changed')).toEqual({
    exitCode: 0,
    err: '',
    out:
      `CONFIG_FILE() = ${file}\nDEFAULT_FORKS(${file}) = 7\n` +
      `DEFAULT_ROLES_PATH(${file}) = ['${directory}/a', '${directory}/b']\n` +
      'DEFAULT_TIMEOUT(env: ANSIBLE_TIMEOUT) = 12\n',
  });
  expect((await run('dump')).out).toContain('\nDEFAULT_GATHERING(default) = implicit\n');
  const json: unknown = JSON.parse((await run('dump', '--only-changed', '--format', 'json')).out);
  expect(json).toContainEqual({ name: 'DEFAULT_FORKS', origin: file, type: null, value: 7 });
});

test('view shows the file', async () => {
  expect(await run('view')).toEqual({ exitCode: 0, err: '', out: FILE });
  rmSync(join(directory, 'ansible.cfg'));
  expect(await run('view')).toEqual({
    exitCode: 1,
    err: 'ERROR! Invalid or no config file was supplied\n',
    out: '',
  });
  expect((await run('view', '-c', 'none')).err).toContain('missing or not accessible');
});

test('other actions and formats are mistakes', async () => {
  expect(await run('init')).toMatchObject({ exitCode: 2, out: '' });
  expect(await run('dump', '--format', 'yaml')).toMatchObject({ exitCode: 2, out: '' });
});
