/** `assemble`: one file out of the fragments in a directory of this machine, or of the target. */

import { createHash } from 'node:crypto';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { joinPath } from '../../../shared/template/python/posix-path.ts';
import { compilePattern, searchPattern } from '../../../shared/template/python/regex.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { type ActionCall, type RemoteAction, THROWN } from './action.ts';
import { actionFail, caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource } from './find-source.ts';
import { fileOf } from './local-file.ts';
import { putFile } from './put-file.ts';

/** Runs the module on the target, or puts the fragments of this machine together and copies what they make. */
export const runAssemble: RemoteAction = (call, remote) => {
  const { args } = call;
  if (call.keywords.isCheckMode) return { reply: Promise.resolve(skippedInCheckMode()), isWhole: false };
  const src = textArgument(args, 'src');
  const dest = textArgument(args, 'dest');
  if (src === undefined || dest === undefined) throw actionFail('src and dest are required');
  if (booleanArgument(args, 'remote_src', true)) {
    const kept: Dict = new Map([...args].filter(([name]) => name !== 'decrypt'));
    return { reply: remote.run('assemble', kept), isWhole: true };
  }
  const found = findSource(call, 'files', src);
  if (found.kind === 'missing') throw caughtFail(found.message);
  if (call.context.local.disk.stat(found.path, true)?.kind !== 'directory')
    throw actionFail(`Source (${found.path}) is not a directory`);
  const bytes = joinFragments(call, found.path);
  const file = fileOf(bytes);
  const own: Dict = new Map([...args].filter(([name]) => !OWN_ARGUMENTS.has(name)));
  const put = { name: '', shown: found.path, dest, isContent: false, file };
  const reply = putFile({ ...call, args: own }, remote, put).then((result) =>
    result === 'discarded' ? result : asModuleResult(result, bytes, found.path),
  );
  return { reply, isWhole: true };
};

const OWN_ARGUMENTS = new Set<Value>(['remote_src', 'regexp', 'delimiter', 'ignore_hidden', 'decrypt']);

function skippedInCheckMode(): Dict {
  return new Map<Value, Value>([
    ['skipped', true],
    ['msg', 'check mode is not supported for this task.'],
    [THROWN, true],
  ]);
}

/** The fragments in the order of their names, each ending its line, with the delimiter between them. */
function joinFragments(call: ActionCall, directory: string): Uint8Array {
  const { args, context } = call;
  const { disk } = context.local;
  const accepts = nameFilter(args);
  const delimiter = delimiterBytes(textArgument(args, 'delimiter') ?? '');
  const pieces: Uint8Array[] = [];
  let last: number | undefined;
  for (const name of disk.list(directory)) {
    const path = joinPath(directory, name);
    if (!accepts(name) || disk.stat(path, true)?.kind !== 'file') continue;
    const fragment = readFragment(call, path);
    if (pieces.length > 0) {
      if (last !== LINE_FEED) pieces.push(Uint8Array.of(LINE_FEED));
      if (delimiter.length > 0) pieces.push(delimiter, Uint8Array.of(LINE_FEED));
    }
    pieces.push(fragment);
    last = fragment.at(-1);
  }
  return Buffer.concat(pieces);
}

const LINE_FEED = 0x0a;

function nameFilter(args: Dict): (name: string) => boolean {
  const regexp = textArgument(args, 'regexp');
  const skipsHidden = booleanArgument(args, 'ignore_hidden', false);
  try {
    const pattern = regexp === undefined ? undefined : compilePattern(regexp);
    return (name) =>
      (pattern === undefined || searchPattern(pattern, name) !== undefined) &&
      !(skipsHidden && name.startsWith('.'));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw actionFail(`Invalid Regexp (${error.message}) in "${regexp}"`);
  }
}

function readFragment({ args, context }: ActionCall, path: string): Uint8Array {
  const { local } = context;
  if (booleanArgument(args, 'decrypt', true)) return local.readFile(path) ?? new Uint8Array();
  return Buffer.concat([...local.disk.pieces(path)]);
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: LINE_FEED,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};

/** The delimiter with Python's escapes for bytes resolved. */
function delimiterBytes(text: string): Uint8Array {
  const bytes: Uint8Array[] = [];
  const parts = text.split(/(\\(?:[abfnrtv\\'"]|x[0-9a-fA-F]{2}|[0-7]{1,3}))/);
  for (const [index, part] of parts.entries()) {
    const code = part.slice(1);
    if (index % 2 === 0) bytes.push(Buffer.from(part, 'utf8'));
    else if (code.startsWith('x')) bytes.push(Uint8Array.of(Number.parseInt(code.slice(1), 16)));
    else bytes.push(Uint8Array.of(ESCAPES[code] ?? Number.parseInt(code, 8)));
  }
  return Buffer.concat(bytes);
}

/** The result as the module gives it: one diff instead of a list, and the same keys when nothing had to be copied. */
function asModuleResult(reply: Dict, bytes: Uint8Array, source: string): Dict {
  const result: Dict = new Map(reply);
  const diffs = reply.get('diff');
  result.delete('diff');
  if (Array.isArray(diffs) && diffs[0] !== undefined) result.set('diff', diffs[0]);
  if (reply.get('failed') !== true && result.delete('path'))
    result.set('src', source).set('md5sum', createHash('md5').update(bytes).digest('hex'));
  return result;
}
