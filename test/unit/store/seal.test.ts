/** Sealed bytes open with their key, in their place, unchanged, and in no other way. */

import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { FailureError } from '../../../shared/base/failure.ts';
import { Secret } from '../../../shared/base/secret.ts';
import { createSealer } from '../../../shared/store/seal.ts';

const KEY = Buffer.alloc(32, 7);
const TEXT = Buffer.from('{"password": "hunter2"} '.repeat(100));
const sealer = createSealer(KEY, randomBytes);

test.each([0, 1, 1_000_000])('opens %i bytes again', (length) => {
  const bytes = randomBytes(length);
  expect(Buffer.compare(sealer.open(sealer.seal(bytes, 'r/h'), 'r/h'), bytes)).toBe(0);
});

test('is short, and shows nothing', () => {
  const sealed = Buffer.from(sealer.seal(TEXT, 'r/h'));
  expect(sealed.length).toBeLessThan(TEXT.length / 10);
  expect(sealed.includes('hunter2')).toBe(false);
});

test('looks different each time', () => {
  expect(Buffer.compare(sealer.seal(TEXT, 'r/h'), sealer.seal(TEXT, 'r/h'))).not.toBe(0);
});

test('takes a secret as the key', () => {
  const key = KEY.toString('base64');
  const sealed = createSealer(new Secret(key), randomBytes).seal(TEXT, 'r/h');
  expect(Buffer.compare(createSealer(new Secret(key), randomBytes).open(sealed, 'r/h'), TEXT)).toBe(0);
});

test('opens in no other place', () => {
  const sealed = sealer.seal(TEXT, 'r/h');
  expect(() => sealer.open(sealed, 'r/other')).toThrow(/sealed data of r\/other do not open/);
});

test('opens with no other key', () => {
  const other = createSealer(Buffer.alloc(32, 8), randomBytes);
  expect(() => other.open(sealer.seal(TEXT, 'r/h'), 'r/h')).toThrow(/another store key/);
});

test('opens with no bit changed and no byte cut off', () => {
  const sealed = sealer.seal(TEXT, 'r/h');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => sealer.open(changed, 'r/h')).toThrow(FailureError);
    expect(() => sealer.open(sealed.subarray(0, at), 'r/h')).toThrow(FailureError);
  }
});

test('says that a form is newer', () => {
  const sealed = Uint8Array.from(sealer.seal(TEXT, 'r/h'));
  sealed[0] = 2;
  expect(() => sealer.open(sealed, 'r/h')).toThrow(/have the form 2, this Sortie knows 1/);
});

test('refuses a key that is too short', () => {
  expect(() => createSealer(new Secret('short'), randomBytes)).toThrow(/only 5 bytes/);
});
