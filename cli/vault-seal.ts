/** Seals what a vault command was given, with fresh salt. */

import { systemClock } from '../shared/base/clock.ts';
import { limits } from '../shared/base/limits.ts';
import { isVaulted, sealVault, type VaultSecret } from '../shared/base/vault.ts';
import { vaultFailure } from './vault-files.ts';

/** The bytes of an envelope around a text. Throws RunAbort for one that is sealed already. */
export function sealText(plaintext: Uint8Array, secret: VaultSecret): Uint8Array {
  if (isVaulted(plaintext)) throw vaultFailure('input is already encrypted');
  return Buffer.from(sealVault(plaintext, secret, systemClock.randomBytes(limits.vaultSaltBytes)));
}
