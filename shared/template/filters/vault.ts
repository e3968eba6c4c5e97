/** Ansible's vault and unvault filters: seal and open texts with a secret given in the template. */

import { Secret } from '../../base/secret.ts';
import type { Value } from '../../base/value.ts';
import { isVaulted, openVault, sealVault } from '../../base/vault.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { classText, filterErrorFrom, filterTypeError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { undefinedError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { PyBytes, Undefined, Vaulted } from '../python/special.ts';
import { asText, force, isTrue } from '../python/values.ts';
import { toBytes } from './encoding.ts';

/** Vault filters. */
export const vaultFilters: readonly Builtin[] = [
  { name: 'vault', signature: "secret, salt=None, vaultid='filter_default', wrap_object=False", call: vault },
  { name: 'unvault', signature: "secret, vaultid='filter_default'", call: unvault },
];

const SALT_BYTES = 32;

function requireText(value: Value, message: string): Value {
  const settled = force(value);
  if (settled instanceof Undefined) throw undefinedError(settled);
  if (asText(settled) !== undefined || settled instanceof PyBytes) return settled;
  throw filterTypeError(`${message}${classText(settled)}`);
}

function vault(
  env: Environment,
  value: Value,
  secret: Value = '',
  salt: Value = null,
  vaultid: Value = 'filter_default',
  wrapObject: Value = false,
): Value {
  const password = str(requireText(secret, 'Secret passed is required to be a string, instead we got: '));
  const data = toBytes(requireText(value, 'Can only vault strings, instead we got: '));
  const id = str(vaultid);
  const envelope = env.memory.once(`vault ${id}`, () => {
    const bytes = salt === null || !isTrue(salt) ? env.randomBytes(SALT_BYTES) : toBytes(salt);
    return sealVault(data, { id, password: new Secret(password) }, bytes);
  });
  // Without a password of its own, the object's text is the envelope.
  return isTrue(wrapObject) ? new Vaulted(str(envelope), undefined, () => str(envelope)) : envelope;
}

function unvault(_env: unknown, value: Value, secret: Value = '', vaultid: Value = 'filter_default'): Value {
  const password = str(requireText(secret, 'Secret passed is required to be as string, instead we got: '));
  const settled = force(value);
  const text =
    settled instanceof Vaulted
      ? settled.ciphertext
      : str(requireText(settled, 'Vault should be in the form of a string, instead we got: '));
  if (!isVaulted(text)) return text;
  const opened = openVault(text, [{ id: str(vaultid), password: new Secret(password) }]);
  if (opened.kind === 'refused')
    throw filterErrorFrom(`Unable to decrypt: ${opened.message}`, opened.message);
  return decodeText(opened.plaintext);
}
