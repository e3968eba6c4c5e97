/** The agent's native modules do what Ansible's own were recorded to do (test/record/native_modules.py). */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const CASES = join(import.meta.dirname, '../cases/modules');
const DRIVER = join(import.meta.dirname, 'native_module_driver.py');
const SYSTEM_PYTHON = '/usr/bin/python3';
/** Interpreters to check with, separated by colons; the system's without it. */
const PYTHONS = (process.env.SORTIE_TEST_PYTHONS ?? SYSTEM_PYTHON).split(':');
const IS_ROOT = process.getuid?.() === 0;

type Case = { readonly name: string; readonly root?: boolean; readonly nobody?: boolean };

/** Another interpreter may stand where nobody may not read it. */
function mayRun(item: Case, python: string): boolean {
  return item.nobody === true ? IS_ROOT && python === SYSTEM_PYTHON : IS_ROOT || item.root !== true;
}

function parseCases(text: string): readonly Case[] {
  return parse(text) as readonly Case[];
}

function parseAnswers(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Record<string, unknown>;
}

function runCases(python: string, module: string, cases: readonly Case[]): Readonly<Record<string, unknown>> {
  const input = JSON.stringify({ module, cases });
  return parseAnswers(execFileSync(python, [DRIVER], { input, encoding: 'utf8', timeout: 100_000 }));
}

for (const python of PYTHONS) {
  for (const module of readdirSync(CASES)) {
    for (const file of readdirSync(join(CASES, module)).filter((name) => name.endsWith('.yml'))) {
      const path = join(CASES, module, file);
      const cases = parseCases(readFileSync(path, 'utf8')).filter((item) => mayRun(item, python));
      const expected = parseAnswers(readFileSync(path.replace(/\.yml$/, '.expected.json'), 'utf8'));
      describe(`${module}/${file} with ${python}`, () => {
        const answers = runCases(python, module, cases);
        test.each(cases.map((item) => item.name))('%s', (name) => {
          expect(answers[name]).toEqual(expected[name]);
        });
      });
    }
  }
}
