/** Collects the vault passwords of a run: from files, scripts, client scripts and prompts. */

import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import { Secret } from '../../base/secret.ts';
import { isVaulted, openVault, type VaultSecret } from '../../base/vault.ts';
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
  readonly prompt: (question: string) => Promise<string>;
};

/**
 * The passwords in the order in which they are tried: DEFAULT_VAULT_IDENTITY_LIST, `--vault-id`,
 * `--vault-password-file`, DEFAULT_VAULT_PASSWORD_FILE, the prompt. A file that fails is a warning while another
 * password is there, else an error.
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
  }
  if (problem !== undefined && secrets.length === 0) {
    warnings.push({ severity: 'error', code: 'vault-password', message: problem });
  }
  return { value: secrets, diagnostics: warnings };
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
  | { readonly kind: 'failed'; readonly stage: string; readonly why: string };

async function askSource(
  wanted: Source & { readonly name: string },
  secrets: readonly VaultSecret[],
  deps: VaultSecretsDeps,
): Promise<Answer> {
  const { source, name } = wanted;
  if (source === 'prompt' || source === LEGACY_PROMPT) {
    const question = source === 'prompt' ? `Vault password (${name}): ` : 'Vault password: ';
    const password = await deps.prompt(question);
    if (password !== '') return { kind: 'secret', password: new Secret(password) };
    return {
      kind: 'failed',
      stage: 'Error in vault password prompt',
      why: 'Invalid vault password was provided',
    };
  }
  const { files } = deps;
  const path = resolvePath(source, { files, base: files.workingDirectory });
  const kind = files.kind(path);
  if (kind === undefined) {
    const why = `The vault password file ${path} was not found`;
    return { kind: 'failed', stage: 'Error getting vault password file', why };
  }
  const got =
    kind === 'executable'
      ? runPasswordScript(path, wanted.id, files)
      : readPasswordFile(path, secrets, files);
  if (typeof got !== 'string') return { kind: 'secret', password: got };
  return { kind: 'failed', stage: 'Error in vault password file loading', why: got };
}

/** The password that a script prints, or why there is none. Client scripts are told the vault id. */
function runPasswordScript(path: string, id: string | undefined, files: ProjectFiles): Secret | string {
  const isClient = /-client(?:\.[^./]*)?$/.test(path);
  const ended = files.run(path, isClient && id !== undefined ? ['--vault-id', id] : []);
  if (ended.exitCode === 0) {
    const password = ended.stdout.replace(/^[\r\n]+|[\r\n]+$/g, '');
    return password === ''
      ? `Invalid vault password was provided from script (${path})`
      : new Secret(password);
  }
  if (!isClient)
    return `Vault password script ${path} returned non-zero (${ended.exitCode}): ${ended.stderr}`;
  const name = id ?? 'None';
  return ended.exitCode === 2
    ? `Vault password client script ${path} did not find a secret for vault-id=${name}: ${ended.stderr}`
    : `Vault password client script ${path} returned non-zero (${ended.exitCode}) when getting secret for vault-id=${name}: ${ended.stderr}`;
}

/** The password in a file, or why there is none. The file may be a vault that an earlier password opens. */
function readPasswordFile(
  path: string,
  secrets: readonly VaultSecret[],
  files: ProjectFiles,
): Secret | string {
  const bytes = files.read(path);
  if (bytes === undefined) return `Could not read vault password file ${path}`;
  let text = Buffer.from(bytes).toString('utf8').trim();
  if (isVaulted(text)) {
    const opened = openVault(text, secrets, { file: path });
    if (opened.kind === 'refused') return opened.message;
    text = Buffer.from(opened.plaintext).toString('utf8');
  }
  const password = text.replace(/^[\r\n]+|[\r\n]+$/g, '');
  return password === '' ? `Invalid vault password was provided from file (${path})` : new Secret(password);
}
