/** Files that a module on the target reads: put into a private directory there, which is gone afterwards. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { joinPath } from '../../../shared/template/python/posix-path.ts';
import type { ActionReply, Remote } from './action.ts';
import { ActionFailure } from './action.ts';
import { textArgument } from './arguments.ts';
import type { LocalFile } from './local-file.ts';
import { isStop } from './send-in-turn.ts';

export type TemporaryFile = { readonly name: string; readonly open: () => LocalFile | Promise<LocalFile> };

/** Puts the files on the target, also in check mode, and runs `use` with the path of the directory that holds them. */
export async function withTemporaryFiles(
  remote: Remote,
  files: readonly TemporaryFile[],
  use: (directory: string) => Promise<ActionReply>,
): Promise<ActionReply> {
  const made = await remote.run('tempfile', new Map([['state', 'directory']]), {
    hasMore: true,
    check: false,
  });
  if (isStop(made) || made === 'discarded') return made;
  const directory = textArgument(made, 'path');
  if (directory === undefined) throw new ActionFailure('The target gave no directory for temporary files');
  try {
    for (const { name, open } of files) {
      const { content, checksum } = await open();
      const args = new Map<Value, Value>([
        ['dest', joinPath(directory, name)],
        ['_original_basename', name],
        ['_checksum', checksum],
        ['_source', name],
        ['mode', '0600'],
      ]);
      const put = await remote.run('copy', args, { content, hasMore: true, check: false });
      if (isStop(put)) return put;
    }
    return await use(directory);
  } finally {
    const args: Dict = new Map<Value, Value>([
      ['path', directory],
      ['state', 'absent'],
    ]);
    await remote.run('file', args, { check: false });
  }
}
