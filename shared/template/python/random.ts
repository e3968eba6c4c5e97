/** Python's `random.Random`: the Mersenne Twister with Python's seeding, so that seeded choices come out the same. */

import { createHash } from 'node:crypto';
import { PyFloat, type Value } from '../../base/value.ts';
import { typeError } from './error.ts';
import { PyBytes } from './special.ts';
import { asInt, asText } from './values.ts';

const SIZE = 624;
const SHIFT = 397;

/** A source of random bits: `bits(k)` gives an int of `k` bits, at most 32 per word as Python draws them. */
export type RandomBits = { readonly bits: (count: number) => bigint };

/** The generator that Python seeds with `seed`. */
export function seededRandom(seed: Value): RandomBits {
  return wordsToBits(new Twister(seedKey(seed)));
}

/** A generator over the system's randomness. */
export function systemRandom(randomBytes: (length: number) => Uint8Array): RandomBits {
  return {
    bits: (count) => {
      const bytes = randomBytes(Math.ceil(count / 8));
      const value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
      return value & ((1n << BigInt(count)) - 1n);
    },
  };
}

/** A random int in `[0, bound)`, drawn as Python's `_randbelow` draws. */
export function randomBelow(random: RandomBits, bound: bigint): bigint {
  if (bound <= 0n) return 0n;
  const count = bound.toString(2).length;
  let value = random.bits(count);
  while (value >= bound) value = random.bits(count);
  return value;
}

/** One of the items, or undefined when there is none. */
export function randomChoice<T>(random: RandomBits, items: ArrayLike<T>): T | undefined {
  return items[Number(randomBelow(random, BigInt(items.length)))];
}

/** Shuffles in place, as `Random.shuffle`. */
export function shuffleInPlace<T>(random: RandomBits, items: T[]): void {
  for (let index = items.length - 1; index > 0; index--) {
    const other = Number(randomBelow(random, BigInt(index + 1)));
    const [a, b] = [items[index], items[other]];
    if (a !== undefined && b !== undefined) {
      items[index] = b;
      items[other] = a;
    }
  }
}

/** The key that `Random(seed)` gives to the twister. */
function seedKey(seed: Value): bigint {
  const text = asText(seed);
  if (text !== undefined) return bytesKey(Buffer.from(text, 'utf8'));
  if (seed instanceof PyBytes) return bytesKey(Buffer.from(seed.bytes));
  const int = asInt(seed);
  if (int !== undefined) return int < 0 ? -BigInt(int) : BigInt(int);
  if (seed instanceof PyFloat) return floatHash(seed.value);
  throw typeError('The only supported seed types are: None,\nint, float, str, bytes, and bytearray.');
}

function bytesKey(bytes: Buffer): bigint {
  const digest = createHash('sha512').update(bytes).digest();
  return BigInt(`0x${Buffer.concat([bytes, digest]).toString('hex')}`);
}

/** Python's hash of a float, for floats that are whole numbers or short fractions: modulo 2^61 − 1. */
function floatHash(value: number): bigint {
  const modulus = (1n << 61n) - 1n;
  let numerator = Math.abs(value);
  let shifts = 0n;
  while (!Number.isInteger(numerator) && shifts < 1100n) {
    numerator *= 2;
    shifts++;
  }
  const inverse = 1n << ((61n - (shifts % 61n)) % 61n);
  return ((BigInt(numerator) % modulus) * inverse) % modulus;
}

function wordsToBits(twister: Twister): RandomBits {
  return {
    bits: (count) => {
      if (count <= 32) return BigInt(twister.next() >>> (32 - count));
      let value = 0n;
      let shift = 0n;
      for (let left = count; left > 0; left -= 32) {
        const word = left < 32 ? twister.next() >>> (32 - left) : twister.next();
        value |= BigInt(word) << shift;
        shift += 32n;
      }
      return value;
    },
  };
}

/** MT19937; lives as long as one sequence of draws. */
class Twister {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  constructor(key: bigint) {
    const words: number[] = [];
    for (let rest = key; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
    this.#seedByArray(words.length === 0 ? [0] : words);
  }

  #seed(seed: number): void {
    this.#state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const before = this.#at(i - 1);
      this.#state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
  }

  #at(index: number): number {
    return this.#state[index] ?? 0;
  }

  #seedByArray(key: readonly number[]): void {
    this.#seed(19650218);
    let i = 1;
    let j = 0;
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      const before = this.#at(i - 1);
      this.#state[i] = (this.#at(i) ^ Math.imul(before ^ (before >>> 30), 1664525)) + (key[j] ?? 0) + j;
      i = this.#advance(i);
      j = (j + 1) % key.length;
    }
    for (let k = SIZE - 1; k > 0; k--) {
      const before = this.#at(i - 1);
      this.#state[i] = (this.#at(i) ^ Math.imul(before ^ (before >>> 30), 1566083941)) - i;
      i = this.#advance(i);
    }
    this.#state[0] = 0x80000000;
  }

  #advance(i: number): number {
    if (i + 1 < SIZE) return i + 1;
    this.#state[0] = this.#at(SIZE - 1);
    return 1;
  }

  #generate(): void {
    for (let i = 0; i < SIZE; i++) {
      const mixed = (this.#at(i) & 0x80000000) | (this.#at((i + 1) % SIZE) & 0x7fffffff);
      const twisted = (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
      this.#state[i] = this.#at((i + SHIFT) % SIZE) ^ twisted;
    }
    this.#index = 0;
  }

  /** The next 32 random bits, as an unsigned number. */
  next(): number {
    if (this.#index >= SIZE) this.#generate();
    let word = this.#at(this.#index++);
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }
}
