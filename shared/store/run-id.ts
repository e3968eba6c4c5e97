/** Names of runs: 13 letters and digits that sort by time and can be typed. */

import type { Clock } from '../base/clock.ts';

/** Without letters that are easily taken for digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_LETTERS = 9;
const RANDOM_LETTERS = 4;

/** A new id: the time in milliseconds, then 20 random bits. */
export function createRunId(clock: Clock): string {
  let time = clock.now();
  let letters = '';
  for (let place = 0; place < TIME_LETTERS; place += 1) {
    letters = letterOf(time % ALPHABET.length) + letters;
    time = Math.floor(time / ALPHABET.length);
  }
  const random = [...clock.randomBytes(RANDOM_LETTERS)];
  return letters + random.map((byte) => letterOf(byte % ALPHABET.length)).join('');
}

function letterOf(digit: number): string {
  return ALPHABET.charAt(digit);
}
