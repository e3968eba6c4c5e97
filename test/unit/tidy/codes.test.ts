/** The table of diagnostic codes: documented, used, and each produced by some case. */

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { generatedDocs } from '../../../scripts/generated-docs.ts';
import { diagnosticCodes } from '../../../shared/base/diagnostic-codes.ts';
import { productSources } from './sources.ts';

const root = path.join(import.meta.dirname, '../../..');
const codes = Object.keys(diagnosticCodes);

/** Cases compare only the messages of these, or are still to be written. */
const UNPROVEN: readonly string[] = [
  'config-syntax',
  'config-world-writable',
  'file-not-utf8',
  'file-unreadable',
  'inventory-duplicate-localhost',
  'inventory-empty',
  'inventory-group',
  'inventory-group-name',
  'inventory-same-name',
  'inventory-unparsed',
  'limit-file',
  'vars-directory',
  'vars-not-dict',
  'vault-closed',
];

test.each(Object.entries(generatedDocs()))('docs/%s is what npm run docs writes', (name, text) => {
  expect(readFileSync(path.join(root, 'docs', name), 'utf8')).toBe(text);
});

test('every code is used', () => {
  const text = productSources
    .filter(({ name }) => name !== 'shared/base/diagnostic-codes.ts')
    .map((source) => source.text)
    .join('\n');
  expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

test('every code is produced by some test', () => {
  const text = globSync('test/{unit,integration,cases}/**/*', { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('/tidy'))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
  expect(codes.filter((code) => !text.includes(code) && !UNPROVEN.includes(code))).toEqual([]);
});
