/** Pushing a project: what travels, what does not, and what is in the store afterwards. */

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPush } from '../../../cli/cloud/push.ts';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { readProjectManifest, unpackProject } from '../../../shared/store/project-files.ts';
import type { RunStore } from '../../../shared/store/run-store.ts';
import { openSqliteStore } from '../../../shared/store/sqlite-store.ts';

const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n';

let directory = '';
let project = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-push-'));
  project = join(directory, 'shop');
  mkdirSync(join(directory, 'home'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>, root: string = project): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function openStore(): RunStore {
  return openSqliteStore(join(directory, 'store'));
}

type Called = { readonly exitCode: number; readonly out: string; readonly err: string };

async function push(argv: readonly string[], environment: CommandDeps['environment'] = {}): Promise<Called> {
  let out = '';
  let err = '';
  const command = createPush({ openStore: async () => openStore() });
  const exitCode = await command(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: {
      SORTIE_TABLE: 't',
      SORTIE_BUCKET: 'b',
      SORTIE_CONTROLLER_FUNCTION: 'c',
      SORTIE_ANSIBLE_CORE: join(directory, 'none'),
      ...environment,
    },
    homeDirectory: join(directory, 'home'),
    workingDirectory: project,
  });
  return { exitCode, out, err };
}

async function pushedPaths(hash: string): Promise<string[]> {
  const store = openStore();
  try {
    return (await readProjectManifest(store, hash)).entries.map(({ path }) => path);
  } finally {
    await store.close();
  }
}

function hashIn(out: string): string {
  return /^project ([0-9a-f]{64})$/m.exec(out)?.[1] ?? '';
}

test('a project is pushed once; the second time nothing travels, and a change travels alone', async () => {
  write({ 'site.yml': '- hosts: all\n', 'files/motd': 'hello\n', 'files/same': 'hello\n' });
  const first = await push([]);
  expect(first).toMatchObject({ exitCode: 0, err: '' });
  expect(first.out).toMatch(
    /^shop: 3 files, 25 B\nuploaded 2 files, 19 B; 1 unchanged\nproject [0-9a-f]{64}\n$/,
  );
  const second = await push(['--json']);
  expect(JSON.parse(second.out)).toMatchObject({
    name: 'shop',
    hash: hashIn(first.out),
    files: 3,
    uploadedFiles: 0,
    uploadedBytes: 0,
  });
  write({ 'files/motd': 'good bye\n' });
  const third = await push(['--name', 'other', project]);
  expect(third.out).toContain('uploaded 1 file, 9 B; 2 unchanged');
  const store = openStore();
  expect(await store.findProject('shop')).toBe(hashIn(first.out));
  expect(await store.findProject('other')).toBe(hashIn(third.out));
  await store.close();
});

test('what was pushed comes back as it was', async () => {
  write({ 'site.yml': '[]\n', 'scripts/run.sh': '#!/bin/sh\n', 'roles/base/tasks/main.yml': '[]\n' });
  chmodSync(join(project, 'scripts/run.sh'), 0o755);
  symlinkSync('base', join(project, 'roles/alias'));
  write({ 'shared.txt': 'from outside\n' }, join(directory, 'elsewhere'));
  symlinkSync('../../elsewhere', join(project, 'roles/outside'));
  symlinkSync('..', join(project, 'roles/circle'));
  symlinkSync('nowhere', join(project, 'dangling'));
  mkdirSync(join(project, 'empty'));
  const pushed = await push([]);
  expect(pushed.err).toBe('');
  const store = openStore();
  const root = join(directory, 'unpacked');
  await unpackProject(store, hashIn(pushed.out), root);
  await store.close();
  expect(await pushedPaths(hashIn(pushed.out))).toEqual([
    'dangling',
    'empty',
    'roles/alias',
    'roles/base/tasks/main.yml',
    'roles/circle',
    'roles/outside/shared.txt',
    'scripts/run.sh',
    'site.yml',
  ]);
  expect(readdirSync(join(root, 'roles'))).toEqual(['alias', 'base', 'circle', 'outside']);
  expect(readdirSync(join(root, 'empty'))).toEqual([]);
  expect(statSync(join(root, 'scripts/run.sh')).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(root, 'roles/alias/tasks/main.yml'), 'utf8')).toBe('[]\n');
});

test('.sortieignore and what is never part of a project stay here', async () => {
  write({
    'site.yml': '[]\n',
    '.git/config': 'x',
    'node_modules/x/y.js': 'x',
    '.sortie/sortie.db': 'x',
    'site.retry': 'x',
    'notes.md': 'x',
    'deep/notes.md': 'x',
    'big/a.iso': 'x',
    '.sortieignore': '*.md\n/big/\n',
  });
  const { out } = await push([]);
  expect(await pushedPaths(hashIn(out))).toEqual(['.sortieignore', 'site.yml']);
});

test('private keys are refused, by name and with a way out, before anything is stored', async () => {
  write({
    'site.yml': '[]\n',
    'keys/id_ed25519': KEY,
    'group_vars/all.yml': `key: |\n  ${KEY.replaceAll('\n', '\n  ')}`,
  });
  const refused = await push([]);
  expect(refused).toMatchObject({ exitCode: 1, out: '' });
  expect(refused.err).toContain('  group_vars/all.yml\n  keys/id_ed25519\n');
  expect(refused.err).toMatch(/Parameter Store[\s\S]*\.sortieignore[\s\S]*vault encrypt[\s\S]*--allow-keys/);
  expect(readdirSync(directory)).not.toContain('store');
  write({ '.sortieignore': 'keys/\n', 'group_vars/all.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n' });
  expect(await pushedPaths(hashIn((await push([])).out))).toEqual([
    '.sortieignore',
    'group_vars/all.yml',
    'site.yml',
  ]);
});

test('--allow-keys pushes them', async () => {
  write({ 'site.yml': '[]\n', 'keys/id_ed25519': KEY, '.vault_pass': 'secret\n' });
  const { err, out } = await push(['--allow-keys']);
  expect(err).toBe('');
  expect(await pushedPaths(hashIn(out))).toEqual(['.vault_pass', 'keys/id_ed25519', 'site.yml']);
});

test('files with passwords are left out, those of the configuration and those that look like it', async () => {
  write({
    'site.yml': '[]\n',
    'ansible.cfg': '[defaults]\nvault_password_file = tools/open\nvault_identity_list = dev@tools/dev\n',
    'tools/open': 'secret\n',
    'tools/dev': 'secret\n',
    '.vault_pass.txt': 'secret\n',
    'tasks/vault_password.yml': '[]\n',
  });
  const { err, out } = await push([]);
  for (const path of ['tools/open', 'tools/dev', '.vault_pass.txt'])
    expect(err).toContain(`[WARNING]: ${path} looks like a file with a password and was left out`);
  expect(await pushedPaths(hashIn(out))).toEqual(['ansible.cfg', 'site.yml', 'tasks/vault_password.yml']);
});

test('modules, their imports and roles that the project names travel with it', async () => {
  const core = join(directory, 'ansible');
  write(
    {
      'module_utils/basic.py': 'from ansible.module_utils.common.text import to_text\n',
      'module_utils/ansible_release.py': "__version__ = '2'\n__author__ = 'a'\n",
      'module_utils/common/__init__.py': '',
      'module_utils/common/text.py': '',
      'module_utils/facts.py': '',
      'module_utils/unused.py': '',
      'modules/git.py':
        'from ansible.module_utils.basic import AnsibleModule\nfrom ansible.module_utils.facts import x\n',
      'modules/apt.py': 'from ansible.module_utils.basic import AnsibleModule\n',
      'modules/unused.py': 'from ansible.module_utils.basic import AnsibleModule\n',
      'modules/ping.py': 'from ansible.module_utils.basic import AnsibleModule\n',
      'config/ansible_builtin_runtime.yml':
        'plugin_routing:\n  modules:\n    moved:\n      redirect: my.own.moved_here\n',
    },
    core,
  );
  const collections = join(directory, 'home/.ansible/collections/ansible_collections');
  write(
    {
      'my/own/plugins/modules/moved_here.py':
        'from ..module_utils.shared import y\nfrom ansible.module_utils.basic import *\n',
      'my/own/plugins/modules/unused.py': '#!/usr/bin/python\n',
      'my/own/plugins/module_utils/shared.py': '',
      'my/own/roles/web/tasks/main.yml': '- package: {name: x}\n',
    },
    collections,
  );
  write(
    { 'base/tasks/main.yml': '- git: repo=x\n', 'other/tasks/main.yml': '[]\n' },
    join(directory, 'home/.ansible/roles'),
  );
  write({ 'site.yml': '- hosts: all\n  roles: [base, my.own.web]\n  tasks:\n    - moved:\n    - ping:\n' });
  const { err, out } = await push([], { SORTIE_ANSIBLE_CORE: core, HOME: join(directory, 'home') });
  expect(err).toBe('');
  expect(out).toContain('with the modules apt, git, moved\nwith the roles base, my.own.web\n');
  expect(await pushedPaths(hashIn(out))).toEqual([
    '.sortie/ansible-core/ansible/config/ansible_builtin_runtime.yml',
    '.sortie/ansible-core/ansible/module_utils/ansible_release.py',
    '.sortie/ansible-core/ansible/module_utils/basic.py',
    '.sortie/ansible-core/ansible/module_utils/common/__init__.py',
    '.sortie/ansible-core/ansible/module_utils/common/text.py',
    '.sortie/ansible-core/ansible/module_utils/facts.py',
    '.sortie/ansible-core/ansible/modules/apt.py',
    '.sortie/ansible-core/ansible/modules/git.py',
    '.sortie/collections/ansible_collections/my/own/plugins/module_utils/shared.py',
    '.sortie/collections/ansible_collections/my/own/plugins/modules/moved_here.py',
    '.sortie/collections/ansible_collections/my/own/roles/web/tasks/main.yml',
    '.sortie/roles/base/tasks/main.yml',
    'site.yml',
  ]);
});

test('a deployment that nobody has made is named', async () => {
  write({ 'site.yml': '[]\n' });
  await expect(push([], { SORTIE_TABLE: '' })).rejects.toThrow(
    /SORTIE_TABLE is not set, .*Run `sortie deploy`/,
  );
});
