/** `uri`: runs Ansible's module, with the files of this machine that a request is made of. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { baseName, joinPath } from '../../../shared/template/python/posix-path.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { typeName } from '../../../shared/template/python/values.ts';
import type { ActionCall, RemoteAction } from './action.ts';
import { actionFail, caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource } from './find-source.ts';
import { openLocalFile } from './local-file.ts';
import { type TemporaryFile, withTemporaryFiles } from './temporary-files.ts';

/** Sends `src`, or the files of a multipart body, ahead of the request that reads them. */
export const runUri: RemoteAction = (call, remote) => {
  const { args } = call;
  const files = booleanArgument(args, 'remote_src', false) ? [] : localFiles(call);
  if (files.length === 0) return { reply: remote.run('uri', args), isWhole: true };
  const reply = withTemporaryFiles(remote, files, (directory) =>
    remote.run('uri', withPaths(args, directory), { hasMore: true }),
  );
  return { reply, isWhole: false };
};

function localFiles(call: ActionCall): readonly TemporaryFile[] {
  const { args } = call;
  const src = textArgument(args, 'src') ?? '';
  if (src !== '') return [localFile(call, src)];
  if (textArgument(args, 'body_format') !== 'form-multipart') return [];
  const body = args.get('body') ?? null;
  if (!isDict(body)) throw actionFail(`body must be mapping, cannot be type ${typeName(body)}`);
  return [...body.values()].flatMap((field) => {
    const filename = fileOfField(field);
    return filename === undefined ? [] : [localFile(call, filename)];
  });
}

/** The file that a field of a multipart body sends, unless the field has its content itself. */
function fileOfField(field: Value): string | undefined {
  if (!isDict(field)) return undefined;
  const filename = textArgument(field, 'filename') ?? '';
  return filename === '' || (textArgument(field, 'content') ?? '') !== '' ? undefined : filename;
}

function localFile(call: ActionCall, name: string): TemporaryFile {
  const found = findSource(call, 'files', name);
  if (found.kind === 'missing') throw caughtFail(found.message);
  return { name: baseName(found.path), open: () => openLocalFile(call.context.local, found.path, false) };
}

function withPaths(args: Dict, directory: string): Dict {
  const src = textArgument(args, 'src') ?? '';
  if (src !== '') return new Map([...args, ['src', joinPath(directory, baseName(src))]]);
  const body = args.get('body');
  if (!isDict(body)) return args;
  const fields = [...body].map(([name, field]): [Value, Value] => {
    const filename = fileOfField(field);
    if (filename === undefined || !isDict(field)) return [str(name), field];
    return [name, new Map([...field, ['filename', joinPath(directory, baseName(filename))]])];
  });
  return new Map([...args, ['body', new Map(fields)]]);
}
