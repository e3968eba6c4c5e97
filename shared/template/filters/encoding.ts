/** Ansible's filters that encode, hash and quote. */

import { createHash, getHashes } from 'node:crypto';
import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterError, filterErrorFrom } from '../filter-error.ts';
import { decodeText, encodeText } from '../python/codec.ts';
import { pythonError, typeError, undefinedError } from '../python/error.ts';
import { isHtml } from '../python/markup-text.ts';
import { intArgument, textArgument } from '../python/method.ts';
import { str } from '../python/repr.ts';
import { Markup, PyBytes, Undefined } from '../python/special.ts';
import { asSequence, asText, force, isMapping, isTrue, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { hashPassword, randomSalt, saltSizeOf, schemeName } from './password.ts';

/** Encoding and hashing filters. */
export const encodingFilters: readonly Builtin[] = [
  { name: 'b64encode', signature: "encoding='utf-8'", call: b64encode },
  { name: 'b64decode', signature: "encoding='utf-8'", call: b64decode },
  {
    name: 'hash',
    signature: "hashtype='sha1'",
    call: (_env, value, type = 'sha1') => hash(value, hashName(force(type))),
  },
  { name: 'md5', signature: '', call: (_env, value) => hash(value, 'md5') },
  { name: 'sha1', signature: 'hash_func=False', call: sha1 },
  { name: 'checksum', signature: 'hash_func=False', call: sha1 },
  {
    name: 'password_hash',
    signature: "hashtype='sha512', salt=None, salt_size=None, rounds=None, ident=None",
    call: passwordHash,
  },
  { name: 'to_uuid', signature: "namespace='361e6d51-faec-444a-9079-341386da8e2e'", call: toUuid },
  { name: 'quote', signature: '', call: (_env, value) => quote(force(value)) },
];

/** The bytes that Ansible takes a value for: bytes as they are, all else as text. */
export function toBytes(value: Value, encoding = 'utf-8'): Uint8Array {
  const settled = force(value);
  return settled instanceof PyBytes ? settled.bytes : encodeText(str(settled), encoding);
}

function b64encode(_env: unknown, value: Value, encoding: Value = 'utf-8'): Value {
  return Buffer.from(toBytes(value, textArgument(encoding, "encode() argument 'encoding'"))).toString(
    'base64',
  );
}

function b64decode(_env: unknown, value: Value, encoding: Value = 'utf-8'): Value {
  const text = Buffer.from(toBytes(value)).toString('latin1');
  const digits = text.replace(/[^A-Za-z0-9+/=]/g, '');
  const end = /(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)/y.exec(digits)?.[0] ?? digits;
  const data = end.replaceAll('=', '');
  if (data.length % 4 === 1) {
    const message =
      `Invalid base64-encoded string: number of data characters (${data.length}) ` +
      'cannot be 1 more than a multiple of 4';
    throw pythonError('Error', message);
  }
  if (end.length % 4 !== 0 || (data.length % 4 !== 0 && !end.endsWith('='))) {
    throw pythonError('Error', 'Incorrect padding');
  }
  return decodeText(Buffer.from(data, 'base64'), textArgument(encoding, "decode() argument 'encoding'"));
}

const HASH_NAMES: Readonly<Record<string, string>> = {
  sha3_224: 'sha3-224',
  sha3_256: 'sha3-256',
  sha3_384: 'sha3-384',
  sha3_512: 'sha3-512',
  blake2b: 'blake2b512',
  blake2s: 'blake2s256',
};

function hashName(type: Value): string {
  const text = asText(type);
  if (text !== undefined) return text;
  if (type instanceof Undefined && !type.isLenient) throw filterError(type.message);
  if (asSequence(type) === undefined && !isMapping(type)) str(type);
  throw filterError(
    Array.isArray(type) || isMapping(type) ? `unhashable type: '${typeName(type)}'` : 'name must be a string',
  );
}

function hash(value: Value, type: string): string {
  const name = (Object.hasOwn(HASH_NAMES, type) ? HASH_NAMES[type] : undefined) ?? type;
  if (!getHashes().some((known) => known.toLowerCase() === name.toLowerCase())) {
    throw filterError(`unsupported hash type ${type}`);
  }
  return createHash(name).update(toBytes(value)).digest('hex');
}

/** Python's function of the hash cannot be named in a template, so nothing that is given can be called. */
function sha1(_env: unknown, value: Value, hashFunc: Value = false): string {
  if (hashFunc === false) return hash(value, 'sha1');
  throw typeError(`'${typeName(hashFunc)}' object is not callable`);
}

function passwordHash(
  env: Environment,
  value: Value,
  hashtype: Value = 'sha512',
  salt: Value = null,
  saltSize: Value = null,
  rounds: Value = null,
  ident: Value = null,
): Value {
  const password = str(force(value));
  const scheme = schemeName(str(hashtype));
  if (saltSize instanceof Undefined) throw undefinedError(saltSize);
  const size = saltSize === null ? undefined : intArgument(saltSize);
  const given = salt === null || !isTrue(force(salt)) ? undefined : str(salt);
  const version = ident === null || !isTrue(force(ident)) ? undefined : str(ident);
  try {
    const made =
      given ??
      str(env.memory.once(`password_hash ${scheme}`, () => randomSalt(env, size ?? saltSizeOf(scheme))));
    const times = rounds === null || !isTrue(rounds) ? undefined : intArgument(rounds);
    return hashPassword(password, { scheme, salt: made, saltSize: size, rounds: times, ident: version }, env);
  } catch (error) {
    if (error instanceof TemplateError && error.pythonType === 'AnsibleError')
      throw filterErrorFrom(error.message, error.message);
    throw error;
  }
}

function toUuid(_env: unknown, value: Value, namespace: Value = ''): Value {
  const space = asText(force(namespace));
  const digits = space
    ?.replaceAll('urn:', '')
    .replaceAll('uuid:', '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '');
  if (digits === undefined) {
    throw filterError(
      `Invalid value '${str(namespace)}' for 'namespace': '${typeName(force(namespace))}' object has no attribute 'replace'`,
    );
  }
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) {
    throw filterError(`Invalid value '${space}' for 'namespace': badly formed hexadecimal UUID string`);
  }
  const digest = createHash('sha1').update(Buffer.from(digits, 'hex')).update(toBytes(value)).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Python's `shlex.quote`. */
function quote(value: Value): Value {
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  const text = value === null ? '' : value instanceof PyBytes ? decodeText(value.bytes, 'utf-8') : str(value);
  if (text === '') return "''";
  if (!/[^\w@%+=:,./-]/.test(text)) return text;
  if (isHtml(value)) return new Markup(`&#39;${text.replaceAll('&#39;', '&#39;&#34;&#39;&#34;&#39;')}&#39;`);
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
