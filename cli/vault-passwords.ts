/** The passwords of the vault commands: those that open, and the one that seals. */

import { hasErrors } from '../shared/base/diagnostic.ts';
import type { VaultSecret } from '../shared/base/vault.ts';
import type { Config } from '../shared/project/config/load-config.ts';
import { loadVaultSecrets, type VaultArguments } from '../shared/project/config/vault-secrets.ts';
import type { ProjectFiles } from '../shared/project/files.ts';
import type { Ask } from './ask.ts';
import type { CommandDeps } from './command-deps.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { vaultFailure } from './vault-files.ts';
import { vaultPrompt } from './vault-prompt.ts';

export type PasswordSources = {
  readonly config: Config;
  readonly files: ProjectFiles;
  readonly ask: Ask;
  readonly deps: CommandDeps;
};

/** A wrong combination of options; ends the command with the exit code of a wrong configuration. */
export class VaultOptionsError extends Error {}

/** All passwords that were given; asks for one when there is none. A new one is asked for twice. */
export async function vaultPasswords(
  args: VaultArguments,
  isNew: boolean,
  sources: PasswordSources,
): Promise<readonly VaultSecret[]> {
  const { config, deps, files } = sources;
  const isGiven =
    args.vaultIds.length + args.passwordFiles.length > 0 ||
    config.list('DEFAULT_VAULT_IDENTITY_LIST').length > 0 ||
    config.text('DEFAULT_VAULT_PASSWORD_FILE') !== undefined;
  const isAsked = args.isAsked || config.flag('DEFAULT_ASK_VAULT_PASS') || !isGiven;
  const { diagnostics, value } = await loadVaultSecrets(
    { ...args, isAsked },
    { files, config, prompt: vaultPrompt(sources.ask, { isNew }) },
  );
  if (!hasErrors(diagnostics)) {
    printDiagnostics(diagnostics, files, deps);
    return value;
  }
  printDiagnostics(
    diagnostics.filter(({ severity }) => severity === 'warning'),
    files,
    deps,
  );
  throw vaultFailure(diagnostics.find(({ severity }) => severity === 'error')?.message ?? '');
}

/** The one password to seal with: that of `id`, or the only one there is. */
export function sealingSecret(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const ids = secrets.map((secret) => secret.id);
  if (secrets.length > 1 && id === undefined)
    throw new VaultOptionsError(
      `The vault-ids ${ids.join(',')} are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id`,
    );
  return secretOf(secrets, id);
}

/** The first password of `id`, or the first of all. */
export function secretOf(secrets: readonly VaultSecret[], id: string | undefined): VaultSecret {
  const found = id === undefined ? secrets[0] : secrets.find((secret) => secret.id === id);
  if (found !== undefined) return found;
  const known = secrets.map((secret) => `'${secret.id}'`).join(', ');
  throw vaultFailure(`Did not find a match for --encrypt-vault-id=${id} in the known vault-ids [${known}]`);
}
