/** `.sortieignore` means what `.gitignore` means. */

import { expect, test } from 'vitest';
import { parseIgnorePatterns } from '../../../cli/cloud/ignore-patterns.ts';

test.each<[pattern: string, path: string, isDirectory: boolean, isIgnored: boolean]>([
  ['*.log', 'a.log', false, true],
  ['*.log', 'deep/down/a.log', false, true],
  ['*.log', 'a.logs', false, false],
  ['build/', 'build', true, true],
  ['build/', 'build', false, false],
  ['build/', 'deep/build', true, true],
  ['/build', 'build', false, true],
  ['/build', 'deep/build', false, false],
  ['docs/*.md', 'docs/a.md', false, true],
  ['docs/*.md', 'docs/deep/a.md', false, false],
  ['docs/*.md', 'x/docs/a.md', false, false],
  ['docs/**/*.md', 'docs/a.md', false, true],
  ['docs/**/*.md', 'docs/x/y/a.md', false, true],
  ['**/secret', 'secret', false, true],
  ['**/secret', 'a/b/secret', false, true],
  ['logs/**', 'logs/a/b', false, true],
  ['logs/**', 'logs', true, false],
  ['a?c', 'abc', false, true],
  ['a?c', 'a/c', false, false],
  ['a[0-9].txt', 'a7.txt', false, true],
  ['a[!0-9].txt', 'a7.txt', false, false],
  ['a[!0-9].txt', 'ax.txt', false, true],
  ['# comment', '# comment', false, false],
  ['\\#name', '#name', false, true],
  ['*.log\n!keep.log', 'keep.log', false, false],
  ['*.log\n!keep.log', 'other.log', false, true],
  ['!keep.log\n*.log', 'keep.log', false, true],
  ['name  ', 'name', false, true],
  ['a.b(c)+', 'a.b(c)+', false, true],
  ['a.b', 'axb', false, false],
  ['', 'anything', false, false],
])('%j, %s, directory %s: %s', (pattern, path, isDirectory, isIgnored) => {
  expect(parseIgnorePatterns(pattern)(path, isDirectory)).toBe(isIgnored);
});
