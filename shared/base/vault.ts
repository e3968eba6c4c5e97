/**
 * Opens and seals texts as ansible-vault does: envelopes 1.1 and 1.2, cipher AES256.
 *
 * The body is hexadecimal text, 80 columns wide, of three hexadecimal lines: salt, HMAC-SHA256 of the ciphertext,
 * ciphertext. PBKDF2-HMAC-SHA256 gives 80 bytes: the cipher key (32), the HMAC key (32), the counter's start (16).
 * The plain text is padded as PKCS#7 to 16 bytes and encrypted with AES-256 in counter mode.
 */

import { isAscii } from 'node:buffer';
import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { limits } from './limits.ts';
import type { Secret } from './secret.ts';

/** A vault password and the vault id that it was given under. */
export type VaultSecret = { readonly id: string; readonly password: Secret };

/** The plain text and the password that opened it, or why it stays closed, in Ansible's words. */
export type VaultOpened =
  | { readonly kind: 'opened'; readonly plaintext: Uint8Array; readonly secret: VaultSecret }
  | {
      readonly kind: 'refused';
      readonly message: string;
      /** What Ansible warns of beside the error: that the envelope is damaged. */
      readonly warning?: string;
    };

export type OpenVaultOptions = {
  /** Only passwords given under the envelope's own id are tried (DEFAULT_VAULT_ID_MATCH). */
  readonly mustMatchId?: boolean;
  /** The id of envelopes that name none (DEFAULT_VAULT_IDENTITY). */
  readonly defaultId?: string;
  /** The file the envelope stands in, for messages. */
  readonly file?: string;
};

const HEADER = '$ANSIBLE_VAULT';
const BLOCK_BYTES = 16;
const LINE_CHARS = 80;

/** Whether a file's content or a scalar is a vault envelope, of which all is ASCII. */
export function isVaulted(content: string | Uint8Array): boolean {
  if (typeof content === 'string') return content.startsWith(HEADER) && isAscii(Buffer.from(content));
  return Buffer.from(content.subarray(0, HEADER.length)).toString('latin1') === HEADER && isAscii(content);
}

/** The vault id that an envelope names in its header. */
export function idOfVault(content: Uint8Array): string | undefined {
  return parseEnvelope(Buffer.from(content).toString('latin1'))?.id;
}

/** Opens an envelope with the first password that fits: those of the envelope's id come first. */
export function openVault(
  content: string | Uint8Array,
  secrets: readonly VaultSecret[],
  options: OpenVaultOptions = {},
): VaultOpened {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  const where = options.file === undefined ? '' : ` on ${options.file}`;
  if (!isVaulted(text)) {
    const name = options.file === undefined ? '' : `${options.file} is not a vault encrypted file`;
    return refused(`input is not vault encrypted data. ${name}`);
  }
  const envelope = parseEnvelope(text);
  if (envelope === undefined) return refused(formatProblem(options, 'list index out of range'));
  if (envelope.cipher !== 'AES256') return refused(`${envelope.cipher} cipher could not be found`);
  if (secrets.length === 0) return refused('Attempting to decrypt but no vault secrets found');
  const tried = candidates(envelope.id ?? options.defaultId ?? 'default', secrets, options);
  const body = tried.length === 0 ? undefined : parseBody(envelope.body);
  if (typeof body === 'string') {
    const file = options.file === undefined ? '' : ` in ${options.file}`;
    return { ...refused(body), warning: `There was a vault format error${file}: ${body}` };
  }
  for (const secret of tried) {
    const plaintext = body && decrypt(body, secret.password);
    if (plaintext !== undefined) return { kind: 'opened', plaintext, secret };
  }
  return refused(`Decryption failed (no vault secrets were found that could decrypt)${where}`);
}

/** Seals `plaintext`. `salt` is 32 random bytes; an id other than `default` makes it an envelope 1.2. */
export function sealVault(plaintext: Uint8Array, secret: VaultSecret, salt: Uint8Array): string {
  const keys = deriveKeys(secret.password, salt);
  const cipher = createCipheriv('aes-256-ctr', keys.cipher, keys.counter);
  const padding = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
  const padded = Buffer.concat([plaintext, Buffer.alloc(padding, padding)]);
  const ciphertext = Buffer.concat([cipher.update(padded), cipher.final()]);
  const hmac = createHmac('sha256', keys.hmac).update(ciphertext).digest('hex');
  const body = [Buffer.from(salt).toString('hex'), hmac, ciphertext.toString('hex')].join('\n');
  const hex = Buffer.from(body, 'latin1').toString('hex');
  const lines = hex.match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  const header = secret.id === 'default' ? `${HEADER};1.1;AES256` : `${HEADER};1.2;AES256;${secret.id}`;
  return [header, ...lines, ''].join('\n');
}

type Envelope = { readonly cipher: string; readonly id: string | undefined; readonly body: string };

function parseEnvelope(text: string): Envelope | undefined {
  const [header = '', ...lines] = text.split(/\r\n|\n|\r/);
  const [, version, cipher, id] = header.trim().split(';');
  if (version === undefined || cipher === undefined) return undefined;
  return { cipher: cipher.trim(), id: id?.trim(), body: lines.join('') };
}

type Body = { readonly salt: Buffer; readonly hmac: Buffer; readonly ciphertext: Buffer };

/** The three parts of the body, or what is wrong with it. */
function parseBody(hex: string): Body | string {
  const text = unhexlify(hex);
  if (typeof text === 'string') return text;
  const parts = text.toString('latin1').split('\n');
  const [salt = '', hmac = ''] = parts;
  if (parts.length < 3) {
    return `Vault vaulttext format error: not enough values to unpack (expected 3, got ${parts.length})`;
  }
  const saltBytes = unhexlify(salt);
  const ciphertext = unhexlify(parts.slice(2).join('\n'));
  const hmacBytes = unhexlify(hmac);
  if (typeof saltBytes === 'string') return saltBytes;
  if (typeof ciphertext === 'string') return ciphertext;
  if (typeof hmacBytes === 'string') return hmacBytes;
  return { salt: saltBytes, hmac: hmacBytes, ciphertext };
}

/** The bytes of a hexadecimal text, or Ansible's complaint about it. */
function unhexlify(hex: string): Buffer | string {
  if (hex.length % 2 === 1) return 'Vault format unhexlify error: Odd-length string';
  if (!/^[0-9a-fA-F]*$/.test(hex)) return 'Vault format unhexlify error: Non-hexadecimal digit found';
  return Buffer.from(hex, 'hex');
}

function candidates(
  id: string,
  secrets: readonly VaultSecret[],
  options: OpenVaultOptions,
): readonly VaultSecret[] {
  const matching = secrets.filter((secret) => secret.id === id);
  if (options.mustMatchId === true) return matching;
  return [...matching, ...secrets.filter((secret) => secret.id !== id)];
}

type Keys = { readonly cipher: Buffer; readonly hmac: Buffer; readonly counter: Buffer };

function deriveKeys(password: Secret, salt: Uint8Array): Keys {
  const bytes = pbkdf2Sync(password.reveal(), salt, limits.vaultKeyIterations, 80, 'sha256');
  return { cipher: bytes.subarray(0, 32), hmac: bytes.subarray(32, 64), counter: bytes.subarray(64, 80) };
}

/** The plain text, or undefined when the password does not fit. */
function decrypt(body: Body, password: Secret): Uint8Array | undefined {
  const keys = deriveKeys(password, body.salt);
  const hmac = createHmac('sha256', keys.hmac).update(body.ciphertext).digest();
  if (hmac.length !== body.hmac.length || !timingSafeEqual(hmac, body.hmac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.counter);
  const padded = Buffer.concat([decipher.update(body.ciphertext), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return new Uint8Array(padded.subarray(0, Math.max(0, padded.length - padding)));
}

function formatProblem(options: OpenVaultOptions, problem: string): string {
  const where = options.file === undefined ? '' : ` in ${options.file}`;
  return `Vault envelope format error${where}: ${problem}`;
}

function refused(message: string): Extract<VaultOpened, { kind: 'refused' }> {
  return { kind: 'refused', message };
}
