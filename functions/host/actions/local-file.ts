/** A file of the machine that runs the playbook, summed and ready to be sent; vaulted ones are opened. */

import { createHash } from 'node:crypto';
import { limits } from '../../../shared/base/limits.ts';
import { isVaulted } from '../../../shared/base/vault.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { LocalMachine } from '../execute/play-context.ts';
import type { Content } from '../session/session.ts';
import { ActionFailure, THROWN, UNCAUGHT } from './action.ts';
import { systemErrorText } from './action-fail.ts';

export type LocalFile = {
  /** Permissions as octal text. */
  readonly mode: string;
  /** SHA-1 in hexadecimal. */
  readonly checksum: string;
  readonly content: Content;
};

/** What Ansible's temporary copies of opened vaults and contents have. */
const TEMPORARY_MODE = '0600';

/**
 * Opens a file. Small ones are held in memory, longer ones read twice. Only for long ones it takes time.
 * Throws ActionFailure when the file cannot be read.
 */
export function openLocalFile(
  machine: LocalMachine,
  path: string,
  decrypts: boolean,
): LocalFile | Promise<LocalFile> {
  try {
    return open(machine, path, decrypts);
  } catch (error) {
    throw unreadable(error, path);
  }
}

/** What is made here, as a file. */
export function fileOf(bytes: Uint8Array, mode: string = TEMPORARY_MODE): LocalFile {
  return {
    mode,
    checksum: createHash('sha1').update(bytes).digest('hex'),
    content: { size: bytes.length, open: () => inOnePiece(bytes) },
  };
}

function open(machine: LocalMachine, path: string, decrypts: boolean): LocalFile | Promise<LocalFile> {
  const { disk } = machine;
  const stat = disk.stat(path, true);
  const mode = `0${(stat?.mode ?? 0).toString(8).padStart(3, '0')}`;
  const size = stat?.size ?? 0;
  if (size <= limits.inlineContentBytesMax) {
    const bytes = Buffer.concat([...disk.pieces(path)]);
    return decrypts && isVaulted(bytes) ? opened(machine, path) : fileOf(bytes, mode);
  }
  if (decrypts && isVaulted(firstPiece(disk.pieces(path)))) return opened(machine, path);
  const stream = (length: number): Content => ({ size: length, open: () => disk.stream(path) });
  if (size > limits.sumAtOnceBytesMax)
    return sumStream(disk.stream(path)).then(
      ({ checksum, length }) => ({ mode, checksum, content: stream(length) }),
      (error: unknown) => {
        throw unreadable(error, path);
      },
    );
  const { checksum, length } = sumPieces(disk.pieces(path));
  return { mode, checksum, content: stream(length) };
}

function opened(machine: LocalMachine, path: string): LocalFile {
  return fileOf(readOpened(machine, path));
}

/** What a file holds once a vault around it is opened. One that stays closed fails as an error that Ansible lets pass. */
export function readOpened(machine: Pick<LocalMachine, 'readFile'>, path: string): Uint8Array {
  try {
    return machine.readFile(path) ?? new Uint8Array();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const isWithoutSecret = error.message.startsWith('Attempting to decrypt');
    throw new ActionFailure(
      isWithoutSecret ? `A vault password or secret must be specified to decrypt ${path}` : error.message,
      [[THROWN, UNCAUGHT]],
    );
  }
}

function firstPiece(pieces: Iterable<Uint8Array>): Uint8Array {
  for (const piece of pieces) return piece;
  return new Uint8Array();
}

type Sum = { readonly checksum: string; readonly length: number };

function sumPieces(pieces: Iterable<Uint8Array>): Sum {
  const hash = createHash('sha1');
  let length = 0;
  for (const piece of pieces) {
    hash.update(piece);
    length += piece.length;
  }
  return { checksum: hash.digest('hex'), length };
}

async function sumStream(pieces: AsyncIterable<Uint8Array>): Promise<Sum> {
  const hash = createHash('sha1');
  let length = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    length += piece.length;
  }
  return { checksum: hash.digest('hex'), length };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** Errors of the system as a failed result; others as they are. */
function unreadable(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  return new ActionFailure(
    `an error occurred while trying to read the file '${path}': ${systemErrorText(error, path)}`,
  );
}
