/** What a file of the project holds, once a vault around it is opened. */

import { isVaulted, openVault, type VaultSecret } from '../../../shared/base/vault.ts';
import type { Config } from '../../../shared/project/config/load-config.ts';
import { vaultRules } from '../../../shared/project/config/vault-secrets.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';

export type VaultKeys = { readonly config: Config; readonly secrets: readonly VaultSecret[] };

/** The file's content. What cannot be opened is an error: sealed, it is of no use to anybody. */
export function openVaulted(content: Uint8Array, file: string, { config, secrets }: VaultKeys): Uint8Array {
  if (!isVaulted(content)) return content;
  const vault = openVault(content, secrets, { ...vaultRules(config), file });
  if (vault.kind === 'refused') throw new TemplateError('runtime', 'AnsibleVaultError', vault.message);
  return vault.plaintext;
}
