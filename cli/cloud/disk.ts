/** What may or may not be on the disk. */

import { readdirSync, readFileSync, statSync } from 'node:fs';

export function readIfThere(path: string): Uint8Array | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path) : undefined;
}

export function listDirectory(path: string): readonly string[] {
  return isDirectory(path) ? readdirSync(path) : [];
}

export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
