/** What the actions of `sortie vault` do with files. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { decodeSurrogateEscape } from '../functions/host/session/surrogate-escape.ts';
import { idOfVault, openVault, type VaultSecret } from '../shared/base/vault.ts';
import { type VaultArguments, vaultRules } from '../shared/project/config/vault-secrets.ts';
import { createScreen } from '../shared/report/screen.ts';
import type { ParsedOptions } from './option-parser.ts';
import { editText } from './vault-editor.ts';
import {
  outputPath,
  readSource,
  realPath,
  replaceFile,
  STDIO,
  vaultFailure,
  writeTarget,
} from './vault-files.ts';
import type { VaultAction } from './vault-options.ts';
import {
  type PasswordSources,
  sealingSecret,
  secretOf,
  VaultOptionsError,
  vaultPasswords,
} from './vault-passwords.ts';
import { sealText } from './vault-seal.ts';
import { encryptStrings } from './vault-strings.ts';

/** Runs one action over all files that were named. Throws RunAbort and VaultOptionsError. */
export async function runVaultAction(
  action: VaultAction,
  parsed: ParsedOptions,
  sources: PasswordSources,
): Promise<void> {
  const names = parsed.positionals;
  switch (action) {
    case 'encrypt':
      return encrypt(parsed, await newSecret(parsed, sources), sources);
    case 'encrypt_string':
      return encryptStrings(parsed, () => newSecret(parsed, sources), sources);
    case 'create':
      return create(names, await newSecret(parsed, sources), sources);
    case 'decrypt':
      return decrypt(parsed, await opener(parsed, sources), sources);
    case 'view':
      return view(names, await opener(parsed, sources), sources);
    case 'edit':
      return edit(names, await opener(parsed, sources), sources);
    case 'rekey':
      return rekey(parsed, sources);
    default:
      action satisfies never;
  }
}

function last({ values }: ParsedOptions, key: string): string | undefined {
  return values.get(key)?.at(-1);
}

function passwordArguments({ values }: ParsedOptions): VaultArguments {
  return {
    vaultIds: values.get('vaultIds') ?? [],
    passwordFiles: values.get('vaultPasswordFiles') ?? [],
    isAsked: values.has('askVaultPass'),
  };
}

/** The id to encrypt with; an empty one is none. */
function encryptId(parsed: ParsedOptions, { config }: PasswordSources): string | undefined {
  return last(parsed, 'encryptVaultId') || config.text('DEFAULT_VAULT_ENCRYPT_IDENTITY') || undefined;
}

async function newSecret(parsed: ParsedOptions, sources: PasswordSources): Promise<VaultSecret> {
  const secrets = await vaultPasswords(passwordArguments(parsed), true, sources);
  return sealingSecret(secrets, encryptId(parsed, sources));
}

type Opened = {
  readonly plaintext: Uint8Array;
  readonly secret: VaultSecret;
  /** The id in the envelope, or the configured one when there is none. */
  readonly id: string;
};
/** Opens a file; `isNamed` has messages say which. */
type Opener = (path: string, isNamed: boolean) => Opened;

/** Opens files with the passwords at hand. */
async function opener(parsed: ParsedOptions, sources: PasswordSources): Promise<Opener> {
  const secrets = await vaultPasswords(passwordArguments(parsed), false, sources);
  const rules = vaultRules(sources.config);
  return (path, isNamed) => {
    const content = readSource(path, sources.deps.workingDirectory);
    const opened = openVault(content, secrets, { ...rules, ...(isNamed ? { file: path } : {}) });
    if (opened.kind === 'opened')
      return { ...opened, id: idOfVault(content) ?? rules.defaultId ?? opened.secret.id };
    // Ansible prints this warning in lines of its own, unwrapped.
    if (opened.warning !== undefined) sources.deps.err(`\n[WARNING]: \n${opened.warning}\n`);
    throw vaultFailure(`${opened.message} for ${path}`);
  };
}

function encrypt(parsed: ParsedOptions, secret: VaultSecret, { deps, files }: PasswordSources): void {
  const output = last(parsed, 'output');
  for (const name of sourceNames(parsed, 'plaintext', deps)) {
    const path = realPath(name, deps.workingDirectory);
    const sealed = sealText(readSource(path, deps.workingDirectory), secret);
    writeTarget(output === undefined ? path : outputPath(output, files), sealed, deps);
  }
  if (deps.isTerminal) deps.err('Encryption successful\n');
}

function decrypt(parsed: ParsedOptions, open: Opener, { deps, files }: PasswordSources): void {
  const output = last(parsed, 'output');
  for (const name of sourceNames(parsed, 'ciphertext', deps)) {
    const path = realPath(name, deps.workingDirectory);
    const { plaintext } = open(path, true);
    writeTarget(output === undefined ? path : outputPath(output, files), plaintext, deps);
  }
  if (deps.isTerminal) deps.err('Decryption successful\n');
}

function sourceNames(
  { positionals }: ParsedOptions,
  what: string,
  deps: PasswordSources['deps'],
): readonly string[] {
  if (positionals.length > 0) return positionals;
  if (isatty(0)) deps.err(`Reading ${what} input from stdin\n`);
  return [STDIO];
}

function view(names: readonly string[], open: Opener, { deps }: PasswordSources): void {
  for (const name of names) {
    const text = decodeSurrogateEscape(open(name, true).plaintext).replace(/[\udc80-\udcff]/g, '?');
    if (!deps.isTerminal || !isPaged(text, deps)) deps.out(text.endsWith('\n') ? text : `${text}\n`);
  }
}

/** Shows a text in `$PAGER` or less; whether there is one. */
function isPaged(text: string, { environment }: PasswordSources['deps']): boolean {
  const env = { LESS: 'FRSX', ...environment };
  if (environment.PAGER === undefined && spawnSync('less', ['--version'], { env }).status !== 0) return false;
  spawnSync('sh', ['-c', environment.PAGER ?? 'less'], {
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    env,
  });
  return true;
}

function create(names: readonly string[], secret: VaultSecret, { deps }: PasswordSources): void {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw new VaultOptionsError('ansible-vault create can take only one filename argument');
  makeDirectory(dirname(name), deps);
  const path = realPath(name, deps.workingDirectory);
  if (existsSync(path) && statSync(path).isFile())
    throw vaultFailure(`${name} exists, please use 'edit' instead`);
  replaceFile(path, sealText(editText(new Uint8Array(), path, deps), secret), false);
}

function makeDirectory(name: string, deps: PasswordSources['deps']): void {
  const path = resolve(deps.workingDirectory, name);
  if (existsSync(path)) return;
  createScreen({ columns: deps.columns }, deps.err).warning(`${name} does not exist, creating...`);
  mkdirSync(path, { recursive: true });
}

function edit(names: readonly string[], open: Opener, { deps }: PasswordSources): void {
  for (const name of names) {
    const path = realPath(name, deps.workingDirectory);
    const { id, plaintext, secret } = open(path, false);
    const changed = editText(plaintext, path, deps);
    if (Buffer.compare(changed, plaintext) !== 0)
      replaceFile(path, sealText(changed, { ...secret, id }), true);
  }
}

async function rekey(parsed: ParsedOptions, sources: PasswordSources): Promise<void> {
  const { config, deps } = sources;
  const open = await opener(parsed, sources);
  const id = encryptId(parsed, sources);
  const newId = last(parsed, 'newVaultId');
  const newFile = last(parsed, 'newPasswordFile');
  const isFromList = id !== undefined;
  const onlyNew = {
    ...config,
    list: (name: string) => (name === 'DEFAULT_VAULT_IDENTITY_LIST' && !isFromList ? [] : config.list(name)),
  };
  const secrets = await vaultPasswords(
    {
      vaultIds: newId === undefined ? [] : [newId],
      passwordFiles: newFile === undefined ? [] : [newFile],
      isAsked: parsed.values.has('askVaultPass'),
    },
    true,
    { ...sources, config: onlyNew },
  );
  const secret = secretOf(secrets, id);
  for (const name of parsed.positionals) {
    const path = realPath(name, deps.workingDirectory);
    replaceFile(path, sealText(open(path, false).plaintext, secret), true);
  }
  deps.err('Rekey successful\n');
}
