/** `fetch`: brings a file of the target here, piece by piece. */

import { createHash } from 'node:crypto';
import { limits } from '../../../shared/base/limits.ts';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { playbookPath } from '../../../shared/template/lookups/search.ts';
import {
  baseName,
  directoryName,
  joinPath,
  normalizePath,
} from '../../../shared/template/python/posix-path.ts';
import type { LocalMachine } from '../execute/play-context.ts';
import {
  type ActionCall,
  type ActionFailure,
  type ActionReply,
  type RemoteAction,
  THROWN,
} from './action.ts';
import { actionFail, caughtFail, systemErrorText } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import type { LocalDisk, Replacement } from './local-disk.ts';

/** Fetches `src` to a place below `dest`, or to `dest` itself when it is `flat`. */
export const runFetch: RemoteAction = (call, remote) => {
  if (call.keywords.isCheckMode) return { reply: Promise.resolve(skippedInCheckMode()), isWhole: false };
  const fetch = readArguments(call);
  const begin = (known: Sums | undefined): Promise<ActionReply> => {
    const receiver = new Receiver(call.context.local);
    if (!isOfTheTarget(fetch.source)) receiver.setPath(placeOf(call, fetch, fetch.source));
    else receiver.setDirectory(directoryOf(call, fetch));
    const args = new Map<Value, Value>([
      ['src', fetch.source],
      ['fail_on_missing', fetch.failsOnMissing],
    ]);
    if (known !== undefined) args.set('_checksum', known.sha1);
    if (call.keywords.become) args.set('_become', true);
    return remote
      .run('fetch', args, { onData: (piece) => receiver.take(piece) })
      .then((reply) => conclude({ call, fetch, receiver, known }, reply))
      .finally(() => receiver.close());
  };
  const known = isOfTheTarget(fetch.source) ? undefined : sumLocal(call, placeOf(call, fetch, fetch.source));
  if (known instanceof Promise) return { reply: known.then(begin), isWhole: false };
  return { reply: begin(known), isWhole: true };
};

function skippedInCheckMode(): Dict {
  return new Map<Value, Value>([
    ['skipped', true],
    ['msg', 'check mode not (yet) supported for this module'],
    [THROWN, true],
  ]);
}

type Fetch = {
  readonly source: string;
  readonly dest: string;
  readonly isFlat: boolean;
  readonly failsOnMissing: boolean;
  readonly isChecked: boolean;
};

function readArguments({ args }: ActionCall): Fetch {
  const source = args.get('src') ?? null;
  const dest = args.get('dest') ?? null;
  if (source === null || dest === null) throw actionFail('src and dest are required');
  if (typeof dest !== 'string') throw actionFail(wrongType('dest'));
  if (typeof source !== 'string') throw actionFail(wrongType('source'));
  return {
    source,
    dest,
    isFlat: booleanArgument(args, 'flat', false),
    failsOnMissing: booleanArgument(args, 'fail_on_missing', true),
    isChecked: booleanArgument(args, 'validate_checksum', true),
  };
}

function wrongType(option: string): string {
  return `Invalid type supplied for ${option} option, it must be a string`;
}

/** Only the target knows the file's whole path. */
function isOfTheTarget(source: string): boolean {
  return source.startsWith('~');
}

/** Where the file goes. */
function placeOf(call: ActionCall, { dest, isFlat }: Fetch, source: string): string {
  const { local } = call.context;
  const env = { ...call.env, local };
  if (!isFlat) return normalizePath(`${playbookPath(env, dest)}/${call.host}/${source}`);
  if (!dest.endsWith('/') && local.disk.stat(dest, true)?.kind === 'directory')
    throw actionFail(
      'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    );
  const path = dest.endsWith('/') ? joinPath(dest, baseName(source)) : dest;
  return normalizePath(path.startsWith('/') ? path : playbookPath(env, path));
}

/** Where a file is kept while its name is not known. */
function directoryOf(call: ActionCall, { dest, isFlat }: Fetch): string {
  const path = playbookPath({ ...call.env, local: call.context.local }, dest);
  return isFlat && !dest.endsWith('/') ? directoryName(path) : path;
}

type Sums = { readonly sha1: string; readonly md5: string };

/** The sums of the file that is here already, or undefined. */
function sumLocal({ context }: ActionCall, path: string): Sums | Promise<Sums> | undefined {
  const { disk } = context.local;
  const stat = disk.stat(path, true);
  if (stat === undefined || stat.kind === 'directory') return undefined;
  const summer = newSummer();
  if (stat.size > limits.sumAtOnceBytesMax) return sumLong(disk, path);
  for (const piece of disk.pieces(path)) summer.add(piece);
  return summer.sums();
}

async function sumLong(disk: LocalDisk, path: string): Promise<Sums> {
  const summer = newSummer();
  for await (const piece of disk.stream(path)) summer.add(piece);
  return summer.sums();
}

type Summer = { readonly add: (piece: Uint8Array) => void; readonly sums: () => Sums };

function newSummer(): Summer {
  const sha1 = createHash('sha1');
  const md5 = createHash('md5');
  return {
    add: (piece) => {
      sha1.update(piece);
      md5.update(piece);
    },
    sums: () => ({ sha1: sha1.digest('hex'), md5: md5.digest('hex') }),
  };
}

/** Writes what arrives to a file that takes its place once it is whole. */
class Receiver {
  readonly #machine: LocalMachine;
  readonly #summer = newSummer();
  #path: string | undefined;
  #directory = '/';
  #file: Replacement | undefined;
  #problem: ActionFailure | undefined;

  constructor(machine: LocalMachine) {
    this.#machine = machine;
  }

  setPath(path: string): void {
    this.#path = path;
    this.#directory = directoryName(path);
  }

  setDirectory(directory: string): void {
    this.#directory = directory;
  }

  /** Keeps a piece; what goes wrong is told at the end. */
  async take(piece: Uint8Array): Promise<void> {
    if (this.#problem !== undefined) return;
    try {
      this.#summer.add(piece);
      this.#file ??= await this.#open();
      await this.#file.write(piece);
    } catch (error) {
      this.#problem = unwritable(error, this.#path ?? this.#directory);
    }
  }

  /** Puts the file in its place and gives its sums. */
  async finish(path: string): Promise<Sums> {
    if (this.#problem !== undefined) throw this.#problem;
    try {
      this.#machine.disk.makeDirectories(directoryName(path));
      this.#file ??= await this.#open();
      await this.#file.commit(this.#machine.realPath(path));
    } catch (error) {
      throw unwritable(error, path);
    }
    return this.#summer.sums();
  }

  async close(): Promise<void> {
    await this.#file?.discard();
  }

  #open(): Promise<Replacement> {
    this.#machine.disk.makeDirectories(this.#directory);
    return this.#machine.disk.replace(
      this.#machine.realPath(this.#path ?? joinPath(this.#directory, '.fetch')),
    );
  }
}

function unwritable(error: unknown, path: string): ActionFailure {
  return caughtFail(`Failed to fetch the file: ${systemErrorText(error, path)}`);
}

type Fetched = {
  readonly call: ActionCall;
  readonly fetch: Fetch;
  readonly receiver: Receiver;
  readonly known: Sums | undefined;
};

async function conclude({ call, fetch, receiver, known }: Fetched, reply: ActionReply): Promise<ActionReply> {
  const source = reply === 'discarded' ? undefined : textArgument(reply, 'source');
  if (reply === 'discarded' || source === undefined) return reply;
  const remoteChecksum = reply.get('checksum') ?? null;
  const dest = placeOf(call, fetch, source);
  const here = known ?? (isOfTheTarget(fetch.source) ? await sumLocal(call, dest) : undefined);
  if (here?.sha1 === remoteChecksum)
    return new Map<Value, Value>([
      ['changed', false],
      ['md5sum', here.md5],
      ['file', source],
      ['dest', dest],
      ['checksum', here.sha1],
    ]);
  const sums = await receiver.finish(dest);
  const result = new Map<Value, Value>([
    ['md5sum', sums.md5],
    ['dest', dest],
    ['remote_md5sum', null],
    ['checksum', sums.sha1],
    ['remote_checksum', remoteChecksum],
  ]);
  if (!fetch.isChecked || sums.sha1 === remoteChecksum) return result.set('changed', true);
  return result.set('failed', true).set('msg', 'checksum mismatch').set('file', source);
}
