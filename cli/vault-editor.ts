/** `$EDITOR` on a secret: the text lies in a private directory meanwhile, and is shredded afterwards. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { splitShellWords } from '../shared/project/inventory/shell-words.ts';
import type { CommandDeps } from './command-deps.ts';
import { readSource, shredFile, systemText, vaultFailure } from './vault-files.ts';

/**
 * What the user makes of a text; `path` is the file that it stands for. As with ansible-vault, what counts is the file
 * that the editor leaves behind, and not its exit status.
 */
export function editText(plaintext: Uint8Array, path: string, deps: CommandDeps): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'sortie-vault-'));
  const file = join(directory, `edited${extname(path)}`);
  try {
    writeFileSync(file, plaintext, { mode: 0o600 });
    runEditor(file, deps);
    return readSource(file, directory);
  } finally {
    if (existsSync(file)) shredFile(file);
    rmSync(directory, { recursive: true, force: true });
  }
}

function runEditor(file: string, { environment, workingDirectory }: CommandDeps): void {
  const editor = environment.EDITOR ?? 'vi';
  const split = splitShellWords(editor, { hasComments: false });
  if (split.kind === 'invalid') throw vaultFailure(`Unable to execute the editor "${editor}": ${split.why}`);
  const [program = '', ...args] = [...split.words, file];
  const ended = spawnSync(program, args, {
    cwd: workingDirectory,
    stdio: 'inherit',
    env: { ...environment },
  });
  if (ended.error === undefined) return;
  const command = [program, ...args].join(' ');
  throw vaultFailure(`Unable to execute the command "${command}": ${systemText(ended.error, program)}`);
}
