/** The modules that a function has for its own machine do what Ansible's were recorded to do, as the agent's do. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const CASES = join(import.meta.dirname, '../cases/modules');
const DRIVER = join(import.meta.dirname, 'local_module_driver.py');
const NODE = [process.execPath, join(import.meta.dirname, 'local-module-process.ts')];
const MODULES = ['command', 'copy', 'file', 'ping', 'shell', 'slurp', 'stat', 'tempfile', 'wait_for'];
const IS_ROOT = process.getuid?.() === 0;

const NO_DIRECTORIES = 'with remote_src, a function copies files only';
const NO_FLAGS = 'a function changes no flags of files: its machine has no chattr';
const PYTHON_CRASH = "the result is that of a crash of Ansible's own code, with its traceback";

/** What a function's machine does otherwise, and why. Cases of another user are left out too: a function has one. */
const SKIPPED: Readonly<Record<string, string>> = {
  'copy/remote.yml a directory in check mode': NO_DIRECTORIES,
  'copy/remote.yml a directory into another': NO_DIRECTORIES,
  'copy/remote.yml a directory to a new one': NO_DIRECTORIES,
  'copy/remote.yml a directory with an owner': NO_DIRECTORIES,
  'copy/remote.yml a directory with links and no word about them': NO_DIRECTORIES,
  'copy/remote.yml a directory with links followed': NO_DIRECTORIES,
  'copy/remote.yml a directory with links not followed': NO_DIRECTORIES,
  'copy/remote.yml what is in a directory and is all there': NO_DIRECTORIES,
  'copy/remote.yml what is in a directory into another': NO_DIRECTORIES,
  'copy/remote.yml what is in a directory over what is there': NO_DIRECTORIES,
  'copy/remote.yml what is in a directory to a new one': NO_DIRECTORIES,
  'copy/remote.yml what is in a directory to a new one with links followed': NO_DIRECTORIES,
  'file/attributes.yml flags': NO_FLAGS,
  'file/attributes.yml flags taken away': NO_FLAGS,
  'file/attributes.yml impossible flags': NO_FLAGS,
  'ping/ping.yml a crash': PYTHON_CRASH,
  'wait_for/wait_for.yml a port without connections': 'a function cannot see the connections of its machine',
  'wait_for/wait_for.yml a text in an empty file': PYTHON_CRASH,
};

type Case = { readonly name: string; readonly root?: boolean; readonly nobody?: boolean };

function parseCases(text: string): readonly Case[] {
  return parse(text) as readonly Case[];
}

function parseAnswers(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Record<string, unknown>;
}

for (const module of MODULES) {
  for (const file of readdirSync(join(CASES, module)).filter((name) => name.endsWith('.yml'))) {
    const path = join(CASES, module, file);
    const cases = parseCases(readFileSync(path, 'utf8')).filter(
      ({ name, nobody, root }) =>
        nobody !== true && (IS_ROOT || root !== true) && !(`${module}/${file} ${name}` in SKIPPED),
    );
    const expected = parseAnswers(readFileSync(path.replace(/\.yml$/, '.expected.json'), 'utf8'));
    describe.skipIf(cases.length === 0)(`${module}/${file}`, () => {
      const input = JSON.stringify({ module, cases, node: NODE });
      const env = { ...process.env, TZ: 'UTC' };
      const output = execFileSync('/usr/bin/python3', [DRIVER], {
        input,
        encoding: 'utf8',
        timeout: 100_000,
        env,
      });
      const answers = parseAnswers(output);
      test.each(cases.map((item) => item.name))('%s', (name) => {
        expect(answers[name]).toEqual(expected[name]);
      });
    });
  }
}
