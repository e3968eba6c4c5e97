/** `sortie exec` beside the ansible command: the same lines, the same output. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { createExec } from '../../../cli/exec.ts';
import { runPlaybooks } from '../../../cli/run-playbooks.ts';

type Case = {
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

const CASES = join(import.meta.dirname, '../../cases/adhoc');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-exec-'));
  writeFileSync(join(directory, 'ansible.cfg'), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('sortie exec', () => {
  for (const recorded of parseCases(readFileSync(join(CASES, 'recorded.json'), 'utf8'))) {
    it(`prints what ansible prints: ${recorded.command.join(' ')}`, async () => {
      const { exitCode, out, err } = await exec(recorded.command);
      expect({ exitCode, stdout: out, stderr: err }).toEqual({
        exitCode: recorded.exitCode,
        stdout: recorded.stdout,
        stderr: recorded.stderr,
      });
    });
  }

  it('writes the results into a tree', async () => {
    await exec(['one', '-m', 'ping', '-t', join(directory, 'tree')]);
    expect(readFileSync(join(directory, 'tree/one'), 'utf8')).toBe('{"changed": false, "ping": "pong"}');
  });
});

async function exec(argv: readonly string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const deps: CommandDeps = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    columns: 0,
    isTerminal: false,
    environment: { ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3' },
    homeDirectory: directory,
    workingDirectory: directory,
  };
  const exitCode = await createExec(runPlaybooks)(['-i', join(CASES, 'hosts'), '-f', '1', ...argv], deps);
  return { exitCode, out: out.replace(/^Using .*\n/m, ''), err };
}

function parseCases(text: string): readonly Case[] {
  return JSON.parse(text) as readonly Case[];
}
