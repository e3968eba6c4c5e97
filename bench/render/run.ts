/** Compares the CPU time of rendering one long template for many hosts: node bench/render/run.ts. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HOSTS, LINES, makeTemplate, makeVariables } from './template.ts';

/** Sortie's budget: at most this part of the time that Ansible takes with Jinja2. */
const BUDGET = 1 / 5;

/** Ansible renders for this part of the hosts only: for all of them it takes minutes. */
const SHARE = 20;

/** CPU seconds of a process that has just started, and of doing the same once more. */
type Rendered = {
  readonly seconds: number;
  readonly again: number;
  readonly first: string;
  readonly last: string;
};

const here = import.meta.dirname;
const directory = mkdtempSync(path.join(tmpdir(), 'sortie-render-'));
try {
  const file = path.join(directory, 'work.json');
  const few = path.join(directory, 'few.json');
  const hosts = Array.from({ length: HOSTS }, (_, host) => makeVariables(host));
  writeFileSync(file, JSON.stringify({ template: makeTemplate(), hosts }));
  process.stdout.write(`a template of ${LINES} lines, rendered for ${HOSTS} hosts; seconds of CPU\n`);
  const python = '/usr/bin/python3';
  const ours = render('Sortie', [process.execPath, path.join(here, 'ours.ts'), file]);
  writeFileSync(few, JSON.stringify({ template: makeTemplate(), hosts: hosts.slice(0, HOSTS / SHARE) }));
  const part = render(`Ansible, 1/${SHARE} of the hosts`, [
    python,
    path.join(here, 'jinja.py'),
    'ansible',
    few,
  ]);
  const ansible = { ...part, seconds: part.seconds * SHARE };
  const jinja = render('Jinja2 alone, compiled once', [python, path.join(here, 'jinja.py'), 'jinja2', file]);
  if (ansible.first !== ours.first || jinja.first !== ours.first || jinja.last !== ours.last) {
    throw new Error('the results differ');
  }
  const ratio = ours.seconds / ansible.seconds;
  process.stdout.write(
    `Sortie takes 1/${(1 / ratio).toFixed(1)} of Ansible's time (budget: 1/${1 / BUDGET}), `,
  );
  process.stdout.write(
    `1/${(jinja.seconds / ours.seconds).toFixed(1)} of that of Jinja2 alone, once more 1/${(jinja.again / ours.again).toFixed(1)}\n`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function render(name: string, [command = '', ...words]: readonly string[]): Rendered {
  const { stdout, status, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
  const rendered: Rendered = JSON.parse(stdout);
  const { seconds, again } = rendered;
  process.stdout.write(`  ${name.padEnd(28)} ${seconds.toFixed(2)}, once more ${again.toFixed(2)}\n`);
  return rendered;
}
