/** Reads the text files of a project, opening those that are vaults. */

import type { Diagnostic } from '../base/diagnostic.ts';
import { isVaulted, type OpenVaultOptions, openVault, type VaultSecret } from '../base/vault.ts';
import type { ProjectFiles } from './files.ts';

/** What reading a project's files takes. */
export type ProjectReader = {
  readonly files: ProjectFiles;
  /** Vault passwords, in the order in which they are tried. */
  readonly secrets: readonly VaultSecret[];
  /** How the configuration has vaults opened. */
  readonly vaultRules?: Omit<OpenVaultOptions, 'file'>;
};

/** The text of a file, or why there is none. */
export type ProjectText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly diagnostic: Diagnostic };

/** The text of a file, decrypted when it is a vault. */
export function readProjectText(path: string, reader: ProjectReader): ProjectText {
  const bytes = reader.files.read(path);
  if (bytes === undefined) return { kind: 'missing' };
  let plain = bytes;
  if (isVaulted(bytes)) {
    const opened = openVault(bytes, reader.secrets, { ...reader.vaultRules, file: path });
    if (opened.kind === 'refused') return unreadable(path, 'vault-closed', opened.message);
    plain = opened.plaintext;
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(plain) };
  } catch {
    return unreadable(path, 'file-not-utf8', `the file ${path} is not UTF-8 text; save it as UTF-8`);
  }
}

function unreadable(file: string, code: string, message: string): ProjectText {
  const position = { file, line: 1, column: 1 };
  return { kind: 'unreadable', diagnostic: { severity: 'error', code, message, position } };
}
