/** Real Jinja2 with Ansible's filters, in one Python process that answers batches of cases over pipes. */

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Answer, TextCase } from './ours.ts';

const PYTHON = '/usr/bin/python3';
const PROGRAM = join(import.meta.dirname, 'oracle.py');

/** A running oracle; batches are answered in order. */
export type Oracle = {
  readonly ask: (cases: readonly TextCase[]) => Promise<readonly Answer[]>;
  readonly close: () => void;
};

/** Why there is no oracle on this machine that answers as Ansible 2.14 with Jinja2 3.1 does, or undefined. */
export function whyNoOracle(): string | undefined {
  const program = 'import ansible, jinja2; print(ansible.__version__, jinja2.__version__)';
  const { stdout, status } = spawnSync(PYTHON, ['-c', program], { encoding: 'utf8' });
  if (status !== 0) return `${PYTHON} has no ansible-core`;
  return /^2\.14\.\d+ 3\.1\./.test(stdout)
    ? undefined
    : `${PYTHON} has ansible-core and Jinja2 ${stdout.trim()}, not 2.14 and 3.1`;
}

/** Starts an oracle. */
export function startOracle(): Oracle {
  const child = spawn(PYTHON, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('the oracle ended'));
  });
  return {
    ask: async (cases) => {
      const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify(cases.map(toQuestion))}\n`);
      return JSON.parse(await line);
    },
    close: () => child.stdin.end(),
  };
}

function toQuestion({ setting, template, variables, files }: TextCase): unknown {
  return { ...setting, template, variables, files };
}
