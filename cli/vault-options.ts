/** The options of `sortie vault`: those of the ansible-vault command, action by action. */

import type { OptionSpec } from './option-parser.ts';
import { runOptions } from './run-options.ts';
import { helpOption } from './subcommand.ts';

export const vaultActions = [
  'create',
  'decrypt',
  'edit',
  'view',
  'encrypt',
  'encrypt_string',
  'rekey',
] as const;

export type VaultAction = (typeof vaultActions)[number];

const common = runOptions.filter(({ key }) =>
  ['askVaultPass', 'vaultIds', 'vaultPasswordFiles', 'verbosity'].includes(key),
);

const output: OptionSpec = {
  key: 'output',
  flags: ['--output'],
  value: 'OUTPUT_FILE',
  help: 'file to write to instead; - for stdout',
};

const encryptVaultId: OptionSpec = {
  key: 'encryptVaultId',
  flags: ['--encrypt-vault-id'],
  value: 'ENCRYPT_VAULT_ID',
  help: 'the vault id to encrypt with, needed when several are given',
};

const OWN: Readonly<Record<VaultAction, readonly OptionSpec[]>> = {
  create: [encryptVaultId],
  decrypt: [output],
  edit: [encryptVaultId],
  encrypt: [output, encryptVaultId],
  encrypt_string: [
    output,
    encryptVaultId,
    { key: 'prompt', flags: ['-p', '--prompt'], help: 'ask for the string' },
    { key: 'showInput', flags: ['--show-input'], help: 'show the string while it is typed' },
    {
      key: 'names',
      flags: ['-n', '--name'],
      value: 'ENCRYPT_STRING_NAMES',
      help: 'name of the variable; one for each string',
    },
    {
      key: 'stdinName',
      flags: ['--stdin-name'],
      value: 'ENCRYPT_STRING_STDIN_NAME',
      help: 'name of the variable that is read from stdin',
    },
  ],
  rekey: [
    encryptVaultId,
    {
      key: 'newPasswordFile',
      flags: ['--new-vault-password-file'],
      value: 'NEW_VAULT_PASSWORD_FILE',
      exclusive: 'new password',
      help: 'file or script that gives the new password',
    },
    {
      key: 'newVaultId',
      flags: ['--new-vault-id'],
      value: 'NEW_VAULT_ID',
      exclusive: 'new password',
      help: 'the new vault identity to use',
    },
  ],
  view: [],
};

/** The options that an action takes. */
export function vaultOptions(action: VaultAction): readonly OptionSpec[] {
  return [helpOption, ...common, ...OWN[action]];
}
