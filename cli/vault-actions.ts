/** What the actions of `sortie vault` do with files. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { systemClock } from '../shared/base/clock.ts';
import { limits } from '../shared/base/limits.ts';
import { isVaulted, openVault, sealVault, type VaultSecret } from '../shared/base/vault.ts';
import type { VaultArguments } from '../shared/project/config/vault-secrets.ts';
import type { ParsedOptions } from './option-parser.ts';
import { readSource, replaceFile, shredFile, vaultFailure, writeTarget } from './vault-files.ts';
import type { VaultAction } from './vault-options.ts';
import {
  type PasswordSources,
  sealingSecret,
  secretOf,
  VaultOptionsError,
  vaultPasswords,
} from './vault-passwords.ts';
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

function encryptId(parsed: ParsedOptions, { config }: PasswordSources): string | undefined {
  return last(parsed, 'encryptVaultId') ?? config.text('DEFAULT_VAULT_ENCRYPT_IDENTITY');
}

async function newSecret(parsed: ParsedOptions, sources: PasswordSources): Promise<VaultSecret> {
  const secrets = await vaultPasswords(passwordArguments(parsed), true, sources);
  return sealingSecret(secrets, encryptId(parsed, sources));
}

/** Seals with fresh salt, as the bytes of an envelope. */
function sealed(plaintext: Uint8Array, secret: VaultSecret): Uint8Array {
  return Buffer.from(sealVault(plaintext, secret, systemClock.randomBytes(limits.vaultSaltBytes)));
}

type Opened = {
  readonly plaintext: Uint8Array;
  readonly secret: VaultSecret;
  /** The id in the envelope; `default` when there is none. */
  readonly id: string;
};
type Opener = (name: string) => Opened;

/** Opens files with the passwords at hand. */
async function opener(parsed: ParsedOptions, sources: PasswordSources): Promise<Opener> {
  const secrets = await vaultPasswords(passwordArguments(parsed), false, sources);
  const mustMatchId = sources.config.flag('DEFAULT_VAULT_ID_MATCH');
  return (name) => {
    const content = readSource(name, sources.deps.workingDirectory);
    const options = { mustMatchId, ...(name === '-' ? {} : { file: name }) };
    for (const secret of secrets) {
      const opened = openVault(content, [secret], options);
      if (opened.kind === 'opened') return { plaintext: opened.plaintext, secret, id: idOf(content) };
    }
    const refused = openVault(content, secrets, options);
    throw vaultFailure(`${refused.kind === 'refused' ? refused.message : ''} for ${name}`);
  };
}

function idOf(content: Uint8Array): string {
  const [header = ''] = Buffer.from(content).toString('latin1').split('\n');
  return header.trim().split(';')[3] ?? 'default';
}

function encrypt(parsed: ParsedOptions, secret: VaultSecret, { deps }: PasswordSources): void {
  for (const name of sourceNames(parsed)) {
    const plaintext = readSource(name, deps.workingDirectory);
    if (isVaulted(plaintext)) throw vaultFailure('input is already encrypted');
    writeTarget(last(parsed, 'output') ?? name, sealed(plaintext, secret), deps);
  }
  if (deps.isTerminal) deps.err('Encryption successful\n');
}

function decrypt(parsed: ParsedOptions, open: Opener, { deps }: PasswordSources): void {
  for (const name of sourceNames(parsed))
    writeTarget(last(parsed, 'output') ?? name, open(name).plaintext, deps);
  if (deps.isTerminal) deps.err('Decryption successful\n');
}

function sourceNames({ positionals }: ParsedOptions): readonly string[] {
  return positionals.length === 0 ? ['-'] : positionals;
}

function view(names: readonly string[], open: Opener, { deps }: PasswordSources): void {
  for (const name of names) {
    const text = Buffer.from(open(name).plaintext).toString();
    if (deps.isTerminal) page(text, deps);
    else deps.out(text.endsWith('\n') ? text : `${text}\n`);
  }
}

function page(text: string, { environment }: PasswordSources['deps']): void {
  const pager = environment.PAGER ?? 'less';
  spawnSync('sh', ['-c', pager], {
    input: text,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: 'FRSX', ...environment },
  });
}

function create(names: readonly string[], secret: VaultSecret, { deps }: PasswordSources): void {
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw new VaultOptionsError('ansible-vault create can take only one filename argument');
  const path = resolve(deps.workingDirectory, name);
  if (existsSync(path)) throw vaultFailure(`${name} exists, please use 'edit' instead`);
  replaceFile(path, sealed(edited(new Uint8Array(), path, deps), secret), false);
}

function edit(names: readonly string[], open: Opener, { deps }: PasswordSources): void {
  for (const name of names) {
    const { id, plaintext, secret } = open(name);
    const path = resolve(deps.workingDirectory, name);
    const changed = edited(plaintext, path, deps);
    if (Buffer.compare(changed, plaintext) !== 0) replaceFile(path, sealed(changed, { ...secret, id }), true);
  }
}

/** What the user makes of a text in `$EDITOR`; it lies in a private directory meanwhile. */
function edited(plaintext: Uint8Array, path: string, { environment }: PasswordSources['deps']): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'sortie-vault-'));
  const file = join(directory, `edited${extname(path)}`);
  try {
    writeFileSync(file, plaintext, { mode: 0o600 });
    const editor = environment.EDITOR ?? 'vi';
    // The shell splits the editor's own arguments; the file is an argument of its own.
    const ended = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', file], {
      stdio: 'inherit',
      env: { ...environment },
    });
    if (ended.status !== 0)
      throw vaultFailure(`Unable to execute the command "${editor} ${file}": exit status ${ended.status}`);
    return readFileSync(file);
  } finally {
    if (existsSync(file)) shredFile(file);
    rmSync(directory, { recursive: true, force: true });
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
  for (const name of parsed.positionals)
    replaceFile(resolve(deps.workingDirectory, name), sealed(open(name).plaintext, secret), true);
  deps.err('Rekey successful\n');
}
