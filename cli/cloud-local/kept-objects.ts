/** The objects of a bucket as files, so that they are there again when the local cloud starts anew. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type KeptObject = { readonly path: string; readonly bytes: Uint8Array };

export type KeptObjects = {
  readonly all: () => Iterable<KeptObject>;
  /** `path` is the request's, `/bucket/key`, as it was spelled. */
  readonly put: (object: KeptObject) => void;
  readonly remove: (path: string) => void;
};

/** Keeps nothing without a directory. */
export function openKeptObjects(directory: string | undefined): KeptObjects {
  if (directory === undefined) return { all: () => [], put: () => undefined, remove: () => undefined };
  mkdirSync(directory, { recursive: true });
  const fileOf = (name: string): string => path.join(directory, Buffer.from(name).toString('base64url'));
  return {
    *all() {
      for (const name of readdirSync(directory)) {
        if (name.includes('.')) continue;
        const bytes = readFileSync(path.join(directory, name));
        yield { path: Buffer.from(name, 'base64url').toString('utf8'), bytes };
      }
    },
    put: ({ bytes, path: name }) => {
      writeFileSync(`${fileOf(name)}.new`, bytes);
      renameSync(`${fileOf(name)}.new`, fileOf(name));
    },
    remove: (name) => rmSync(fileOf(name), { force: true }),
  };
}
