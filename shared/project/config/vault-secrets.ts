/** Collects the vault passwords of a run: from files, scripts, client scripts and prompts. */

import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import { Secret } from '../../base/secret.ts';
import { isVaulted, type OpenVaultOptions, openVault, type VaultSecret } from '../../base/vault.ts';
import { repr, reprText } from '../../template/python/repr.ts';
import { PyBytes } from '../../template/python/special.ts';
import { isTrue } from '../../template/python/values.ts';
import type { ProjectFiles } from '../files.ts';
import type { Config } from './load-config.ts';
import { resolvePath } from './setting-value.ts';

/** What the command line says about vaults. */
export type VaultArguments = {
  /** `--vault-id`: `id@source` or `source`; a source is a file, a script, or `prompt`. */
  readonly vaultIds: readonly string[];
  /** `--vault-password-file`. */
  readonly passwordFiles: readonly string[];
  /** `--ask-vault-pass`. */
  readonly isAsked: boolean;
};

export type VaultSecretsDeps = {
  readonly files: ProjectFiles;
  readonly config: Config;
  /** Asks the user without echo. */
  readonly prompt: VaultPrompt;
};

/** Asks for the password of a vault id: what was typed, or why there is none, in Ansible's words. */
export type VaultPrompt = (question: string, id: string) => Promise<VaultAnswer>;
export type VaultAnswer =
  | { readonly kind: 'typed'; readonly password: string }
  | { readonly kind: 'nothing'; readonly why: string };

/** How the configuration has vaults opened. */
export function vaultRules(config: Config): Pick<OpenVaultOptions, 'defaultId' | 'mustMatchId'> {
  // The setting has no type, so that any text of the environment or of ansible.cfg is true.
  return { mustMatchId: isTrue(config.get('DEFAULT_VAULT_ID_MATCH') ?? false), defaultId: identity(config) };
}

/**
 * The passwords in the order in which they are tried: DEFAULT_VAULT_IDENTITY_LIST, `--vault-id`,
 * `--vault-password-file`, DEFAULT_VAULT_PASSWORD_FILE, the prompt. A file that fails is a warning while another
 * password is there, else an error; a prompt that gives none is an error at once.
 */
export async function loadVaultSecrets(
  args: VaultArguments,
  deps: VaultSecretsDeps,
): Promise<Checked<readonly VaultSecret[]>> {
  const secrets: VaultSecret[] = [];
  const warnings: Diagnostic[] = [];
  let problem: string | undefined;
  for (const { id, source } of vaultSources(args, deps.config)) {
    const name = id ?? identity(deps.config);
    const got = await askSource({ id, source, name }, secrets, deps);
    if (got.kind === 'secret') {
      secrets.push({ id: name, password: got.password });
      continue;
    }
    problem = got.why;
    const message = `${got.stage} (${id ?? 'None'}): ${got.why}`;
    warnings.push({ severity: 'warning', code: 'vault-password', message });
    if (got.isFinal === true) return { value: [], diagnostics: [...warnings, unusable(got.why)] };
  }
  if (problem !== undefined && secrets.length === 0) warnings.push(unusable(problem));
  return { value: secrets, diagnostics: warnings };
}

function unusable(message: string): Diagnostic {
  return { severity: 'error', code: 'vault-password', message };
}

type Source = { readonly id: string | undefined; readonly source: string };

const LEGACY_PROMPT = 'prompt_ask_vault_pass';

function vaultSources(args: VaultArguments, config: Config): readonly Source[] {
  const fallback = config.text('DEFAULT_VAULT_PASSWORD_FILE');
  const files = [...args.passwordFiles, ...(fallback === undefined ? [] : [fallback])];
  const asked = args.isAsked ? [{ id: identity(config), source: LEGACY_PROMPT }] : [];
  return [
    ...[...config.list('DEFAULT_VAULT_IDENTITY_LIST'), ...args.vaultIds].map(parseVaultId),
    ...files.map((source) => ({ id: identity(config), source })),
    ...asked,
  ];
}

function parseVaultId(vaultId: string): Source {
  const at = vaultId.indexOf('@');
  if (at < 0) return { id: undefined, source: vaultId };
  return { id: at === 0 ? undefined : vaultId.slice(0, at), source: vaultId.slice(at + 1) };
}

function identity(config: Config): string {
  return config.text('DEFAULT_VAULT_IDENTITY') ?? 'default';
}

type Answer =
  | { readonly kind: 'secret'; readonly password: Secret }
  | { readonly kind: 'failed'; readonly stage: string; readonly why: string; readonly isFinal?: boolean };

async function askSource(
  wanted: Source & { readonly name: string },
  secrets: readonly VaultSecret[],
  deps: VaultSecretsDeps,
): Promise<Answer> {
  const { source, name } = wanted;
  if (source === 'prompt' || source === LEGACY_PROMPT) return askUser(source, name, deps.prompt);
  const { files } = deps;
  const path = resolvePath(source, { files, base: files.workingDirectory });
  const kind = files.kind(path);
  if (kind === undefined) {
    const why = `The vault password file ${path} was not found`;
    return { kind: 'failed', stage: 'Error getting vault password file', why };
  }
  const got =
    kind === 'executable' || kind === 'directory'
      ? runPasswordScript(path, wanted.id, files)
      : readPasswordFile(path, secrets, files);
  if (typeof got !== 'string') return { kind: 'secret', password: got };
  return { kind: 'failed', stage: 'Error in vault password file loading', why: got };
}

async function askUser(source: string, name: string, prompt: VaultPrompt): Promise<Answer> {
  const question = source === 'prompt' ? `Vault password (${name}): ` : 'Vault password: ';
  const answer = await prompt(question, name);
  if (answer.kind === 'typed') return { kind: 'secret', password: new Secret(answer.password) };
  return { kind: 'failed', stage: 'Error in vault password prompt', why: answer.why, isFinal: true };
}

/** The password that a script prints, or why there is none. Client scripts are told the vault id. */
function runPasswordScript(path: string, id: string | undefined, files: ProjectFiles): Secret | string {
  const isClient = /-client(?:\.[^./]*)?$/.test(path);
  const kind = isClient ? 'client script' : 'script';
  const refusal = whyNotRun(path, files);
  if (refusal !== undefined)
    return `Problem running vault password ${kind} ${path} (${refusal}: ${reprText(path)}). If this is not a script, remove the executable bit from the file.`;
  // Other scripts may talk to the user.
  const ended = files.run(path, isClient && id !== undefined ? ['--vault-id', id] : [], {
    showsStderr: !isClient,
  });
  if (ended.exitCode === 0) {
    const password = ended.stdout.replace(/^[\r\n]+|[\r\n]+$/g, '');
    return password === ''
      ? `Invalid vault password was provided from script (${path})`
      : new Secret(password);
  }
  if (!isClient) return `Vault password script ${path} returned non-zero (${ended.exitCode}): None`;
  const name = id ?? 'None';
  const said = repr(new PyBytes(Buffer.from(ended.stderr)));
  return ended.exitCode === 2
    ? `Vault password client script ${path} did not find a secret for vault-id=${name}: ${said}`
    : `Vault password client script ${path} returned non-zero (${ended.exitCode}) when getting secret for vault-id=${name}: ${said}`;
}

/**
 * Why the system would not run a file. One that is no program must not reach a shell: it is a file with a password that
 * was marked as executable by accident, and the shell would print what it holds.
 */
function whyNotRun(path: string, files: ProjectFiles): string | undefined {
  if (files.kind(path) === 'directory') return '[Errno 13] Permission denied';
  const bytes = files.read(path);
  if (bytes === undefined) return undefined;
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  return start.startsWith('#!') || start === '\x7fELF' ? undefined : '[Errno 8] Exec format error';
}

/** The password in a file, or why there is none. The file may be a vault that an earlier password opens. */
function readPasswordFile(
  path: string,
  secrets: readonly VaultSecret[],
  files: ProjectFiles,
): Secret | string {
  const bytes = files.read(path);
  if (bytes === undefined)
    return `Could not read vault password file ${path}: [Errno 13] Permission denied: ${reprText(path)}`;
  let text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
  if (isVaulted(text)) {
    if (secrets.length === 0) return 'A vault password must be specified to decrypt data';
    const opened = openVault(text, secrets, { file: path });
    if (opened.kind === 'refused') return opened.message;
    text = Buffer.from(opened.plaintext).toString('utf8');
  }
  const password = text.replace(/^[\r\n]+|[\r\n]+$/g, '');
  return password === '' ? `Invalid vault password was provided from file (${path})` : new Secret(password);
}
