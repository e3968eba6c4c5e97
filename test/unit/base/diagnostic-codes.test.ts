/** The table of codes against the code that uses them, and the loader's codes against what its cases show. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../../shared/base/diagnostic-codes.ts';

const root = join(import.meta.dirname, '../../..');

function filesBelow(directory: string, ending: string): readonly string[] {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(root, directory, name), 'utf8'));
}

function codesIn(texts: readonly string[], pattern: RegExp): readonly string[] {
  const codes = texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
  return [...new Set(codes)].sort();
}

describe('the codes of diagnostics', () => {
  const used = codesIn(filesBelow('shared/project', '.ts'), /code: '([a-z-]+)'/g);

  it('all stand in the table', () => {
    expect(used.filter((code) => !(code in diagnosticCodes))).toEqual([]);
  });

  it('of the playbook loader are all shown by a case', () => {
    const shown = codesIn(filesBelow('test/cases/playbooks/bad', 'expected.txt'), /\[([a-z-]+)\]$/gm);
    const loader =
      /^(?:action|args|file-(?:empty|missing|shape)|hosts|import|include|keyword|malformed|playbook|role|vars-invalid|vault-failed|yaml)/;
    const elsewhere = ['action-unknown'];
    const missing = used.filter(
      (code) => loader.test(code) && !shown.includes(code) && !elsewhere.includes(code),
    );
    expect(missing).toEqual([]);
  });
});
