/**
 * What a pushed project consists of: every file by what it holds. The same tree gives the same bytes, so that a project
 * is named by the hash of its manifest.
 */

import { FailureError } from '../base/failure.ts';

export type ProjectEntry =
  | {
      readonly kind: 'file';
      /** Below the project's root, with `/` between its parts. */
      readonly path: string;
      /** Permission bits. */
      readonly mode: number;
      /** In bytes. */
      readonly size: number;
      /** SHA-256 of what it holds, in hex. */
      readonly hash: string;
    }
  /** A symbolic link to a place inside the project: `../` any number of times, then names. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** A directory with nothing in it; all others follow from what they hold. */
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number };

export type ProjectManifest = { readonly entries: readonly ProjectEntry[] };

const VERSION = 1;

/** The manifest as bytes, entries sorted by path. */
export function formatManifest({ entries }: ProjectManifest): Uint8Array {
  const sorted = entries.toSorted((left, right) => compareBytes(left.path, right.path)).map(ordered);
  return Buffer.from(`${JSON.stringify({ version: VERSION, entries: sorted })}\n`, 'utf8');
}

/** Keys in one order, whatever made the entry. */
function ordered(entry: ProjectEntry): ProjectEntry {
  const { path } = entry;
  switch (entry.kind) {
    case 'file':
      return { kind: entry.kind, path, mode: entry.mode, size: entry.size, hash: entry.hash };
    case 'link':
      return { kind: entry.kind, path, target: entry.target };
    case 'directory':
      return { kind: entry.kind, path, mode: entry.mode };
    default:
      return entry satisfies never;
  }
}

function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * The manifest of bytes that {@link formatManifest} made. Throws FailureError for anything that would lead out of the
 * project's directory, and for what is no manifest.
 */
export function parseManifest(bytes: Uint8Array): ProjectManifest {
  const data = parseRecord(parseJsonText(Buffer.from(bytes).toString('utf8')));
  if (data.version !== VERSION)
    throw refused(`it has version ${String(data.version)}, and this Sortie knows ${VERSION}`);
  if (!Array.isArray(data.entries)) throw refused('it has no list of entries');
  const entries = data.entries.map(parseEntry);
  checkTree(entries);
  return { entries };
}

function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('it is not JSON');
  }
}

function parseRecord(data: unknown): Readonly<Record<string, unknown>> {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw refused('it is not as expected');
  return data as Readonly<Record<string, unknown>>;
}

function parseEntry(data: unknown): ProjectEntry {
  const { hash, kind, mode, path, size, target } = parseRecord(data);
  if (typeof path !== 'string' || !isInside(path))
    throw refused(`${JSON.stringify(path)} is no path in a project`);
  if (kind === 'link') {
    if (typeof target !== 'string' || !isLinkInside(path, target))
      throw refused(`the link ${path} leads out of the project, to ${JSON.stringify(target)}`);
    return { kind, path, target };
  }
  if (typeof mode !== 'number' || !Number.isInteger(mode) || mode < 0 || mode > 0o777)
    throw refused(`${path} has no mode`);
  if (kind === 'directory') return { kind, path, mode };
  if (kind !== 'file' || typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
    throw refused(`${path} has no content`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw refused(`${path} has no size`);
  return { kind, path, mode, size, hash };
}

/** Whether a path stays below the directory that it starts from. */
function isInside(path: string): boolean {
  return path.split('/').every(isName);
}

function isName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !part.includes('\0');
}

/**
 * Whether a link at `path` to `target` stays inside. `..` only counts at the beginning: behind a name it would mean the
 * parent of what the name, maybe a link itself, stands for.
 */
export function isLinkInside(path: string, target: string): boolean {
  const parts = target.split('/');
  const ups = parts.findIndex((part) => part !== '..');
  const climbed = ups < 0 ? parts.length : ups;
  return climbed <= path.split('/').length - 1 && parts.slice(climbed).every(isName);
}

/** No path twice, and nothing below what is no directory: a link could lead out from there. */
function checkTree(entries: readonly ProjectEntry[]): void {
  const known = new Set(entries.map(({ path }) => path));
  if (known.size < entries.length) throw refused('it names a path twice');
  for (const { path } of entries) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at);
      if (known.has(parent)) throw refused(`${path} lies below ${parent}, which holds nothing`);
    }
  }
}

function refused(why: string): FailureError {
  return new FailureError({
    kind: 'store-failed',
    message: `The manifest of the project is refused: ${why}. Push the project again.`,
    retryable: false,
  });
}
