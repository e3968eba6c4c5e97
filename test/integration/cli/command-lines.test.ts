/** Typical command lines against what ansible-playbook prints for them (recorded by test/record/command_lines.py). */

import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { createRun } from '../../../cli/run.ts';
import { runPlaybooks } from '../../../cli/run-playbooks.ts';
import { runs } from '../../../cli/runs.ts';
import { show } from '../../../cli/show.ts';

const CASES = join(import.meta.dirname, '../../cases/command-lines');

type Case = {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is ours on purpose: these streams are not compared. */
  readonly differs?: readonly string[];
};

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'lines'));
  cpSync(join(CASES, 'project'), directory, { recursive: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

const cases: readonly Case[] = JSON.parse(readFileSync(join(CASES, 'cases.json'), 'utf8'));
for (const { args, differs = [], env = {}, name } of cases) {
  test(`${name}: ansible-playbook ${args.join(' ')}`, async () => {
    const terminal = openTerminal(env);
    const exitCode = await createRun(runPlaybooks)(args, terminal.deps);
    const expected = JSON.parse(readFileSync(join(CASES, 'recorded', `${name}.json`), 'utf8'));
    for (const stream of ['stderr', 'stdout'] as const)
      if (!differs.includes(stream))
        expect(lines(stream, same(terminal.printed[stream]))).toEqual(lines(stream, expected[stream]));
    expect(exitCode).toBe(expected.exitCode);
  });
}

test('show prints a run again as it was printed', async () => {
  for (const playbook of ['fail.yml', 'warn.yml', 'retry.yml']) {
    const run = openTerminal({});
    const exitCode = await createRun(runPlaybooks)(['-i', 'hosts', playbook, '-v'], run.deps);
    const [runId = ''] = await storedRuns();
    const again = openTerminal({});
    expect(await show([runId], again.deps)).toBe(exitCode);
    expect(again.printed).toEqual(run.printed);
  }
});

test('-vvv names each connection, its user and its host', async () => {
  const { deps, printed } = openTerminal({});
  await createRun(runPlaybooks)(['-i', 'hosts', 'lost.yml', '-vvv', '-u', 'somebody'], deps);
  expect(printed.stdout).toContain(
    '<127.0.0.1> ESTABLISH SSH CONNECTION FOR USER: somebody on PORT 1 TO 127.0.0.1\n',
  );
  const again = openTerminal({});
  await createRun(runPlaybooks)(['-i', 'hosts', 'lost.yml', '-vv'], again.deps);
  expect(again.printed.stdout).not.toContain('ESTABLISH');
});

test('what tasks are warned of is printed for each of them', async () => {
  const terminal = openTerminal({});
  await createRun(runPlaybooks)(['-i', 'hosts', 'warn.yml'], terminal.deps);
  const lines = terminal.printed.stderr.split('\n').filter((line) => line.includes('jinja2 templating'));
  expect(lines).toHaveLength(2);
});

function openTerminal(env: Readonly<Record<string, string>>): {
  readonly deps: CommandDeps;
  readonly printed: { stdout: string; stderr: string };
} {
  const printed = { stdout: '', stderr: '' };
  const deps: CommandDeps = {
    out: (text) => {
      printed.stdout += text;
    },
    err: (text) => {
      printed.stderr += text;
    },
    columns: 0,
    isTerminal: false,
    environment: { ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', PATH: process.env.PATH, ...env },
    homeDirectory: directory,
    workingDirectory: directory,
  };
  return { deps, printed };
}

/** The ids of the stored runs, newest first. */
async function storedRuns(): Promise<readonly string[]> {
  const terminal = openTerminal({});
  await runs([], terminal.deps);
  return terminal.printed.stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
}

/** What is compared of a stream: warnings whatever their width, and without what Ansible says about itself. */
function lines(stream: 'stderr' | 'stdout', printed: readonly string[]): readonly string[] {
  if (stream === 'stderr')
    return [
      ...new Set(
        printed
          .join(' ')
          .replaceAll(/ +/g, ' ')
          .split(/(?=\[(?:WARNING|DEPRECATION))/),
      ),
    ].map((text) => text.trim());
  return printed.filter((line) => !OF_ANSIBLE.test(line));
}

const OF_ANSIBLE =
  /^(\d+ plays in |ansible-playbook \[core|Skipping callback| {2}(configured module|ansible |executable|python version|jinja|libyaml|config file)|Using .* as config file)/;

/** Times and the directory are the same everywhere. */
function same(text: string): readonly string[] {
  return text
    .replaceAll(directory, '/project')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
    .replaceAll(/\d:\d\d:\d\d\.\d{6}/g, 'DELTA')
    .split('\n');
}
