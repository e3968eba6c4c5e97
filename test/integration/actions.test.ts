import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const CASES = join(ROOT, 'test/cases/actions');
/** What differs from run to run and from machine to machine; test/record/actions.py leaves out the same. */
const VOLATILE =
  /^ *"(src|uid|gid|owner|group|size|mode|start|stop|after_header)": .*\n|^\+\+\+ after: .*\n/gm;

function transcript(playbook: string, options: readonly string[]): string {
  const parent = mkdtempSync(join(tmpdir(), 'actions-'));
  const directory = join(parent, 'project');
  try {
    cpSync(join(CASES, 'project'), directory, { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(directory, 'out'));
    const argv = ['run', '-i', 'inventory', '-e', `out=${directory}/out`, playbook, ...options];
    const done = spawnSync(process.execPath, [join(ROOT, 'cli/main.ts'), ...argv], {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return `${done.stdout.replaceAll(directory, '<DIR>').replace(VOLATILE, '')}exit code ${done.status}\n`;
  } finally {
    rmSync(parent, { recursive: true });
  }
}

const playbooks = readdirSync(join(CASES, 'project')).filter((name) => name.endsWith('.yml'));
const modes = [
  ['run', []],
  ['check', ['--check', '--diff']],
] as const;

test.each(playbooks.flatMap((name) => modes.map(([mode, options]) => [name, mode, options] as const)))(
  '%s prints what Ansible prints (%s)',
  (name, mode, options) => {
    const recorded = readFileSync(join(CASES, `${name.replace(/\.yml$/, '')}.${mode}.txt`), 'utf8');
    expect(transcript(name, options)).toBe(recorded);
  },
);
