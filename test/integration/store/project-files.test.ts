/** Pushed projects come back as they were, and nothing that somebody put into the store leads out of their directory. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { readProjectManifest, unpackProject } from '../../../shared/store/project-files.ts';
import { formatManifest, type ProjectEntry, parseManifest } from '../../../shared/store/project-manifest.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-project-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Bytes by hash, in memory. */
function memoryBlobs(): { put: (bytes: Uint8Array | string) => string; store: Blobs; blobs: BlobMap } {
  const blobs: BlobMap = new Map();
  const put = (bytes: Uint8Array | string): string => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.set(hash, Buffer.from(bytes));
    return hash;
  };
  const store = {
    getBlob: async (hash: string) => {
      const bytes = blobs.get(hash);
      if (bytes === undefined) throw new Error(`no ${hash}`);
      return bytes;
    },
  };
  return { put, store, blobs };
}
type BlobMap = Map<string, Uint8Array>;
type Blobs = { readonly getBlob: (hash: string) => Promise<Uint8Array> };

const file = (path: string, hash: string, size: number): ProjectEntry => ({
  kind: 'file',
  path,
  mode: 0o640,
  size,
  hash,
});

test('a project is unpacked with its modes, links and empty directories, once', async () => {
  const { put, store, blobs } = memoryBlobs();
  const hash = put(
    formatManifest({
      entries: [
        { ...file('scripts/run.sh', put('#!/bin/sh\n'), 10), mode: 0o755 } as ProjectEntry,
        file('site.yml', put('[]\n'), 3),
        { kind: 'link', path: 'roles/base', target: '../scripts' },
        { kind: 'directory', path: 'files/empty', mode: 0o700 },
      ],
    }),
  );
  const root = join(directory, 'deep', hash);
  await unpackProject(store, hash, root);
  expect(readFileSync(join(root, 'site.yml'), 'utf8')).toBe('[]\n');
  expect(statSync(join(root, 'site.yml')).mode & 0o777).toBe(0o640);
  expect(statSync(join(root, 'scripts/run.sh')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(root, 'roles/base'))).toBe('../scripts');
  expect(statSync(join(root, 'files/empty')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(directory, 'deep'))).toEqual([hash]);
  blobs.clear();
  await unpackProject(store, hash, root);
});

test('two at a time unpack the same project', async () => {
  const { put, store } = memoryBlobs();
  const hash = put(formatManifest({ entries: [file('site.yml', put('[]\n'), 3)] }));
  const root = join(directory, hash);
  await Promise.all([unpackProject(store, hash, root), unpackProject(store, hash, root)]);
  expect(readdirSync(directory)).toEqual([hash]);
});

test('what was changed in the store is refused, and nothing is left of it', async () => {
  const { put, store, blobs } = memoryBlobs();
  const content = put('[]\n');
  const hash = put(formatManifest({ entries: [file('site.yml', content, 3)] }));
  blobs.set(content, Buffer.from('- hosts: all\n'));
  const root = join(directory, hash);
  await expect(unpackProject(store, hash, root)).rejects.toThrow(
    /site\.yml of the project is not what was pushed/,
  );
  expect(readdirSync(directory)).toEqual([]);
  blobs.set(hash, Buffer.from('{"version":1,"entries":[]}'));
  await expect(unpackProject(store, hash, root)).rejects.toThrow(
    /the manifest of the project is not what was pushed/,
  );
  expect(existsSync(root)).toBe(false);
});

const some = { mode: 0o644, size: 0, hash: '0'.repeat(64) };

test.each([
  ['a path up', [{ kind: 'file', path: '../x', ...some }]],
  ['a path up inside', [{ kind: 'file', path: 'a/../../x', ...some }]],
  ['an absolute path', [{ kind: 'file', path: '/etc/x', ...some }]],
  ['an empty part', [{ kind: 'file', path: 'a//x', ...some }]],
  ['an empty path', [{ kind: 'directory', path: '', mode: 0o755 }]],
  ['a link out', [{ kind: 'link', path: 'a/l', target: '../../x' }]],
  ['an absolute link', [{ kind: 'link', path: 'l', target: '/etc' }]],
  ['a link that turns back behind a name', [{ kind: 'link', path: 'a/l', target: 'm/../../x' }]],
  [
    'a file below a link',
    [
      { kind: 'link', path: 'l', target: 'd' },
      { kind: 'file', path: 'l/x', ...some },
    ],
  ],
  [
    'a path twice',
    [
      { kind: 'link', path: 'l', target: 'd' },
      { kind: 'file', path: 'l', ...some },
    ],
  ],
  ['a mode with more than permissions', [{ kind: 'file', path: 'x', ...some, mode: 0o4755 }]],
  ['a hash that is none', [{ kind: 'file', path: 'x', ...some, hash: '../x' }]],
  ['an unknown kind', [{ kind: 'device', path: 'x', ...some }]],
])('a manifest is refused for %s', async (_why, entries) => {
  const bytes = Buffer.from(JSON.stringify({ version: 1, entries }));
  expect(() => parseManifest(bytes)).toThrow(FailureError);
  const { put, store } = memoryBlobs();
  await expect(readProjectManifest(store, put(bytes))).rejects.toThrow(/manifest of the project is refused/);
});

test('the same tree has the same bytes, in whatever order it was found', () => {
  const a = file('a', '1'.repeat(64), 1);
  const b: ProjectEntry = { kind: 'link', path: 'b', target: 'a' };
  const left = formatManifest({ entries: [a, b] });
  const right = formatManifest({ entries: [{ target: 'a', path: 'b', kind: 'link' }, a] });
  expect(left).toEqual(right);
  expect(parseManifest(left)).toEqual({ entries: [a, b] });
});
