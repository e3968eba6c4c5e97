/** A map that outlives the process where it is given a file. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type KeptMap<Value> = {
  readonly entries: ReadonlyMap<string, Value>;
  readonly set: (key: string, value: Value) => void;
  readonly delete: (key: string) => void;
};

/** Reads the file if it is there; only its owner can read it, for it may hold secrets. */
export function openKeptMap<Value>(file: string | undefined): KeptMap<Value> {
  const entries = new Map(file === undefined ? [] : parseEntries<Value>(readText(file)));
  const save = (): void => {
    if (file === undefined) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify([...entries]), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    entries,
    set: (key, value) => {
      entries.set(key, value);
      save();
    },
    delete: (key) => {
      entries.delete(key);
      save();
    },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '[]';
    throw error;
  }
}

function parseEntries<Value>(text: string): readonly (readonly [string, Value])[] {
  return JSON.parse(text) as [string, Value][];
}
