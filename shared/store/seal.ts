/** Seals what only functions may read: compressed, encrypted, and bound to the place where it is kept. */

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FailureError } from '../base/failure.ts';
import { limits } from '../base/limits.ts';
import { Secret } from '../base/secret.ts';

export type Sealer = {
  /** `context` says where the bytes will be kept: they open nowhere else. */
  readonly seal: (bytes: Uint8Array, context: string) => Uint8Array;
  /** Throws FailureError for another key, another context or changed bytes. */
  readonly open: (sealed: Uint8Array, context: string) => Uint8Array;
};

/** First byte: AES-256-GCM over raw deflate, under a key of the context's own. */
const VERSION = 1;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const PURPOSE = 'sortie store ';

/**
 * A sealer under the store key: at least 32 bytes, or a text that was made of as many random ones.
 *
 * Each context has a key derived from it, because random nonces wear a key out after 2^32 uses, which ten thousand
 * hosts would reach within a few thousand runs.
 */
export function createSealer(key: Secret | Uint8Array, randomBytes: (length: number) => Uint8Array): Sealer {
  const root = key instanceof Secret ? Buffer.from(key.reveal()) : key;
  if (root.length < KEY_BYTES)
    throw sealFailure(
      `the store key has only ${root.length} bytes: put ${KEY_BYTES} random bytes, in base64, where it is kept`,
    );
  return {
    seal: (bytes, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, contextKey(root, context), nonce);
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(deflateRawSync(bytes)), cipher.final()]);
      return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, context) => {
      if (sealed[0] !== VERSION)
        throw sealFailure(
          `sealed data of ${context} have the form ${sealed[0] ?? 'of nothing'}, this Sortie knows ${VERSION}: update the functions`,
        );
      return inflateRawSync(decrypt(sealed, root, context), { maxOutputLength: limits.storedValueBytesMax });
    },
  };
}

function decrypt(sealed: Uint8Array, root: Uint8Array, context: string): Uint8Array {
  try {
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, contextKey(root, context), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    throw sealFailure(
      `sealed data of ${context} do not open: they were sealed with another store key, or changed, or moved; a run goes on only with the key it began with`,
    );
  }
}

function contextKey(root: Uint8Array, context: string): Uint8Array {
  return createHmac('sha256', root)
    .update(PURPOSE + context)
    .digest();
}

function sealFailure(message: string): FailureError {
  return new FailureError({ kind: 'store-failed', message, retryable: false });
}
