/** `sortie vault`: encrypts files and strings, and opens them again, as the ansible-vault command does. */

import { configText } from '../shared/project/config/config-text.ts';
import { loadConfig } from '../shared/project/config/load-config.ts';
import { diskFiles } from '../shared/project/disk-files.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import { terminalAsk } from './ask.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { type ParsedOptions, parseOptions } from './option-parser.ts';
import { printDiagnostics } from './print-diagnostics.ts';
import { reportUsage, usageError } from './subcommand.ts';
import { runVaultAction } from './vault-actions.ts';
import { type VaultAction, vaultActions, vaultOptions } from './vault-options.ts';
import { VaultOptionsError } from './vault-passwords.ts';
import { version } from './version.ts';

const usage = {
  program: 'sortie vault',
  positionals: `{${vaultActions.join(',')}} [file ...]`,
  description: 'Encrypts and decrypts files and strings with the format of ansible-vault.',
  specs: vaultOptions('view').slice(0, 1),
};

/** Finds the action among the arguments, and runs it. */
export const vault: Command = async (argv, deps) => {
  // ansible-vault takes -v before its action too.
  const start = argv.findIndex((argument) => !/^-(?:v+|-verbose)$/.test(argument));
  const [name = '', ...behind] = start < 0 ? [] : argv.slice(start);
  if (name === '--version') {
    deps.out(`sortie ${version}\n`);
    return exitCodes.ok;
  }
  const action = vaultActions.find((each) => each === name);
  if (action !== undefined) return runAction(action, behind, deps);
  const ended = reportUsage(usage, parseOptions(argv.slice(0, 1), usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const choices = vaultActions.map((each) => `'${each}'`).join(', ');
  return usageError(
    usage,
    name === ''
      ? 'the following arguments are required: action'
      : `argument action: invalid choice: '${name}' (choose from ${choices})`,
    deps,
  );
};

async function runAction(action: VaultAction, argv: readonly string[], deps: CommandDeps): Promise<number> {
  const specs = vaultOptions(action);
  const positionals = action === 'encrypt_string' ? '[string_to_encrypt ...]' : '[file_name ...]';
  const about = { ...usage, program: `${usage.program} ${action}`, positionals, specs };
  const outcome = parseOptions(argv, specs);
  // What the action does not know, argparse has its parent refuse.
  const isUnknown = outcome.kind === 'error' && outcome.message.startsWith('unrecognized arguments');
  const ended = reportUsage(isUnknown ? usage : about, outcome, deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const umask = process.umask(0o077);
  try {
    await runVaultAction(action, ended.parsed, contextOf(ended.parsed, deps));
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof VaultOptionsError)) throw error;
    deps.err(`ERROR! ${error.message}\n`);
    return exitCodes.configuration;
  } finally {
    process.umask(umask);
  }
}

function contextOf(
  { positionals, values }: ParsedOptions,
  deps: CommandDeps,
): Parameters<typeof runVaultAction>[2] {
  for (const id of values.get('vaultIds') ?? [])
    if (id.includes(';'))
      throw new VaultOptionsError(
        `'${id}' is not a valid vault id. The character ';' is not allowed in vault ids`,
      );
  if (values.has('output') && positionals.length > 1)
    throw new VaultOptionsError('At most one input file may be used with the --output option');
  const files = diskFiles(deps);
  const { diagnostics, value: config } = loadConfig(files);
  if (values.has('verbosity')) deps.out(`${configText(config)}\n`);
  printDiagnostics(diagnostics, files, deps);
  return { config, files, ask: terminalAsk(), deps };
}
