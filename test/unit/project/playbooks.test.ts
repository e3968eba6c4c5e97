/** Playbooks against what Ansible loads (recorded by test/record/playbooks.py), and mistakes as users read them. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOfMistakes } from '../../../functions/controller/mistakes-code.ts';
import { hasErrors } from '../../../shared/base/diagnostic.ts';
import { loadPlaybook } from '../../../shared/project/load-playbook.ts';
import { renderDiagnostic } from '../../../shared/project/render-diagnostic.ts';
import { loadDeps } from './load-deps.ts';
import { dumpPlay } from './playbook-dump.ts';

const cases = join(import.meta.dirname, '../../cases/playbooks');

type Recorded = { readonly plays: readonly unknown[] } | { readonly error: string; readonly exit: number };

/** Ansible crashes there. */
const CRASHED = 250;

function readRecorded(directory: string): Recorded {
  return JSON.parse(readFileSync(join(directory, 'recorded.json'), 'utf8')) as Recorded;
}

function readLine(file: string, line: number): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n')[line - 1] : undefined;
}

describe('playbooks that Ansible loads', () => {
  for (const name of readdirSync(join(cases, 'good'))) {
    it(`loads ${name} as Ansible does`, () => {
      const directory = join(cases, 'good', name);
      const { value, diagnostics } = loadPlaybook('site.yml', loadDeps(directory));
      expect(diagnostics).toEqual([]);
      expect({ plays: value.plays.map((play) => dumpPlay(play, directory)) }).toEqual(
        readRecorded(directory),
      );
    });
  }
});

describe('playbooks with mistakes', () => {
  for (const name of readdirSync(join(cases, 'bad'))) {
    it(`says what is wrong in ${name}`, async () => {
      const directory = join(cases, 'bad', name);
      const { diagnostics } = loadPlaybook('site.yml', loadDeps(directory));
      const text = diagnostics.map((one) => renderDiagnostic(one, readLine)).join('\n\n');
      await expect(`${text.replaceAll(directory, 'ROOT')}\n`).toMatchFileSnapshot(
        join(directory, 'expected.txt'),
      );
      expect(hasErrors(diagnostics)).toBe(true);
      const recorded = readRecorded(directory);
      if ('plays' in recorded) throw new Error('Ansible loads it');
      if (recorded.exit !== CRASHED) expect(codeOfMistakes(diagnostics)).toBe(recorded.exit);
    });
  }
});

describe('module names', () => {
  it('are checked while loading when it is known which exist', () => {
    const directory = join(cases, 'good', 'handlers');
    const seen: (readonly [string, readonly string[]])[] = [];
    const isKnownAction = (action: string, place: { readonly collections: readonly string[] }): boolean => {
      seen.push([action, place.collections]);
      return action !== 'debug';
    };
    const { diagnostics } = loadPlaybook('site.yml', { ...loadDeps(directory), isKnownAction });
    expect(diagnostics.map((one) => [one.code, one.message, one.position?.line])).toContainEqual([
      'action-unknown',
      "couldn't resolve module/action 'debug'. This often indicates a misspelling, missing collection, or incorrect module path.",
      14,
    ]);
    expect(seen).toContainEqual(['command', []]);
  });
});
