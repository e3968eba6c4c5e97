import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BundledCli, bundleCli } from '../fleet/bundled-cli.ts';

const CASES = join(import.meta.dirname, '../cases/runs');
/** Times and temporary files, which are never the same; test/record/runs.py leaves out the same. */
const VOLATILE = /(?<="(?:start|delta|end)": ")[^"]*|(?<=\+\+\+ after: ).*/g;
const PREAMBLE = /^(?!\nPLAY)[\s\S]*?(?=\nPLAYBOOK)/;

let cli: BundledCli;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli?.remove());

function transcript(name: string): string {
  const parent = mkdtempSync(join(tmpdir(), 'runs-'));
  const directory = join(parent, 'project');
  try {
    cpSync(join(CASES, name), directory, { recursive: true, verbatimSymlinks: true });
    if (!existsSync(join(directory, 'inventory')))
      cpSync(join(CASES, 'inventory'), join(directory, 'inventory'));
    const [first] = readFileSync(join(directory, 'site.yml'), 'utf8').split('\n');
    const options = first?.split('options:')[1]?.trim().split(/ +/) ?? [];
    const argv = ['run', '-i', 'inventory', 'site.yml', ...options];
    const done = spawnSync(process.execPath, [cli.main, ...argv], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, ANSIBLE_LOCALHOST_WARNING: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const text = done.stdout.replaceAll(directory, '<DIR>').replace(VOLATILE, '<ONCE>').replace(PREAMBLE, '');
    return `${text}exit code ${done.status}\n`;
  } finally {
    rmSync(parent, { recursive: true });
  }
}

const cases = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, 'site.yml')));

test.each(cases)('%s runs as under Ansible', (name) => {
  expect(transcript(name)).toBe(readFileSync(join(CASES, name, 'expected.txt'), 'utf8'));
});
