/** `pause` with somebody at the terminal. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../../cli/main.ts');
const DRIVER = join(import.meta.dirname, 'terminal_driver.py');

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-pause-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('enter goes on, and what was typed and corrected is the input', () => {
  const { exitCode, shown } = pause('{prompt: Name}', [['Name:', 'bobx\u007f\r']]);
  expect(shown).toContain('input is bob');
  expect(exitCode).toBe(0);
});

test('what is typed without echo is not shown', () => {
  const { shown } = pause('{prompt: Code, echo: false}', [['hidden):', 'hush\r']]);
  expect(shown.match(/hush/g)).toHaveLength(1);
  expect(shown).toContain('input is hush');
});

test('Ctrl-C asks: C goes on before the time is over, A fails the task', () => {
  const early = pause('{seconds: 60}', [['= abort)', '\u0003c']]);
  expect(early.shown).toContain("Press 'C' to continue the play or 'A' to abort");
  expect(early.shown).toContain('input is ');
  const aborted = pause('{seconds: 60}', [
    ['= abort)', '\u0003'],
    ['to abort', 'A'],
  ]);
  expect(aborted.shown).toContain('user requested abort!');
  expect(aborted.exitCode).toBe(2);
});

function pause(
  args: string,
  answers: readonly (readonly [string, string])[],
): { readonly exitCode: number | null; readonly shown: string } {
  const tasks = `[{pause: ${args}, register: paused}, {debug: {msg: 'input is {{ paused.user_input }}'}}]`;
  writeFileSync(join(directory, 'site.yml'), `[{hosts: localhost, gather_facts: false, tasks: ${tasks}}]\n`);
  const command = [process.execPath, MAIN, 'run', 'site.yml'];
  const ended = spawnSync('/usr/bin/python3', [DRIVER, JSON.stringify(answers), ...command], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: directory, TERM: 'dumb' },
  });
  return { exitCode: ended.status, shown: ended.stdout };
}
