/** Tells files that hold secrets: they do not belong into a pushed project. */

import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { limits } from '../../shared/base/limits.ts';
import type { TreeEntry } from './project-tree.ts';

const KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d/;

/** As people call the file with the password of their vault. */
const PASSWORD_FILE = /^\.?vault[-_.]?pass(?:word|wd)?(?:[-_.].*)?$|^\.?ansible[-_.]vault[-_.]?pass/i;

export type SecretKind = 'private-key' | 'vault-password';

/** Says what secret a file holds; `passwordFiles` are the configured ones, on this machine. */
export function secretIn(entry: TreeEntry, passwordFiles: ReadonlySet<string>): SecretKind | undefined {
  if (entry.kind !== 'file') return undefined;
  if (passwordFiles.has(entry.source)) return 'vault-password';
  if (PASSWORD_FILE.test(basename(entry.path)) && !/\.(?:ya?ml|j2|md|py)$/.test(entry.path))
    return 'vault-password';
  if (statSync(entry.source).size > limits.keySearchBytesMax) return undefined;
  return KEY.test(readFileSync(entry.source, 'latin1')) ? 'private-key' : undefined;
}
