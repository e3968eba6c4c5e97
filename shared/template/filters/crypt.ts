/** The crypt(3) password hashes that Ansible knows without add-ons: MD5, SHA-256 and SHA-512. */

import { createHash } from 'node:crypto';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What a hash is made of; `rounds` counts for the SHA schemes only. */
export type CryptInput = {
  readonly password: string;
  readonly salt: string;
  readonly rounds: number;
  /** Leaves `rounds=` out, as passlib does for the default of crypt(3), 5000. */
  readonly isRoundsImplicit: boolean;
};

/** Writes bits as crypt(3) does: `length` characters of six bits, lowest first. */
function encode(value: number, length: number): string {
  let out = '';
  let rest = value;
  for (let index = 0; index < length; index++) {
    out += ALPHABET[rest & 63] ?? '';
    rest >>>= 6;
  }
  return out;
}

/** Bytes in groups of three, each group given by the places of its bytes, highest first. */
function encodeGroups(digest: Buffer, groups: readonly (readonly number[])[]): string {
  return groups
    .map((group) => {
      const value = group.reduce((sum, place) => (sum << 8) | (digest[place] ?? 0), 0);
      return encode(value, group.length + 1);
    })
    .join('');
}

function digestOf(algorithm: string, parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** `length` bytes of `block` repeated. */
function stretch(block: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) block.copy(out, at);
  return out;
}

/** SHA-256 ($5$) or SHA-512 ($6$) crypt. */
export function shaCrypt(bits: 256 | 512, input: CryptInput): string {
  const algorithm = `sha${bits}`;
  const size = bits / 8;
  const password = Buffer.from(input.password, 'utf8');
  const salt = Buffer.from(input.salt, 'utf8');
  const alternate = digestOf(algorithm, [password, salt, password]);
  const parts = [password, salt, stretch(alternate, password.length)];
  for (let count = password.length; count > 0; count >>= 1) parts.push(count & 1 ? alternate : password);
  let digest = digestOf(algorithm, parts);
  const p = stretch(digestOf(algorithm, new Array<Buffer>(password.length).fill(password)), password.length);
  const repeats = 16 + (digest[0] ?? 0);
  const s = stretch(digestOf(algorithm, new Array<Buffer>(repeats).fill(salt)), salt.length);
  for (let round = 0; round < input.rounds; round++) {
    const isOdd = round % 2 === 1;
    const hash = createHash(algorithm).update(isOdd ? p : digest);
    if (round % 3 !== 0) hash.update(s);
    if (round % 7 !== 0) hash.update(p);
    digest = hash.update(isOdd ? digest : p).digest();
  }
  const rounds = input.isRoundsImplicit ? '' : `rounds=${input.rounds}$`;
  return `$${bits === 256 ? 5 : 6}$${rounds}${input.salt}$${encodeGroups(digest, shaGroups(size))}`;
}

/** The order in which the bytes of a SHA digest are written: three rows, rotated by one from group to group. */
function shaGroups(size: number): number[][] {
  const third = Math.floor(size / 3);
  const groups: number[][] = [];
  for (let index = 0; index < third; index++) {
    const row = [index, third + index, 2 * third + index];
    const turn = size === 32 ? (3 - (index % 3)) % 3 : index % 3;
    groups.push([...row.slice(turn), ...row.slice(0, turn)]);
  }
  groups.push(size === 32 ? [31, 30] : [63]);
  return groups;
}

/** MD5 ($1$) crypt. */
export function md5Crypt(input: CryptInput): string {
  const password = Buffer.from(input.password, 'utf8');
  const salt = Buffer.from(input.salt, 'utf8');
  const alternate = digestOf('md5', [password, salt, password]);
  const parts = [password, Buffer.from('$1$'), salt, stretch(alternate, password.length)];
  for (let count = password.length; count > 0; count >>= 1) {
    parts.push(count & 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  }
  let digest = digestOf('md5', parts);
  for (let round = 0; round < 1000; round++) {
    const isOdd = round % 2 === 1;
    const step: Buffer[] = [isOdd ? password : digest];
    if (round % 3 !== 0) step.push(salt);
    if (round % 7 !== 0) step.push(password);
    step.push(isOdd ? digest : password);
    digest = digestOf('md5', step);
  }
  const groups = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];
  return `$1$${input.salt}$${encodeGroups(digest, groups)}`;
}
