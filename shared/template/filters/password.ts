/** Ansible's password hashing, with passlib's defaults: behind `password_hash` and the password lookup. */

import { limits } from '../../base/limits.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { limitError } from '../python-error.ts';
import { type RandomBits, randomChoice, systemRandom } from '../python-random.ts';
import { md5Crypt, shaCrypt } from './crypt.ts';

/** What to hash and how; what is undefined takes the scheme's default. */
export type PasswordOptions = {
  readonly scheme: string;
  readonly salt?: string | undefined;
  readonly saltSize?: number | undefined;
  readonly rounds?: number | undefined;
};

type Scheme = { readonly saltSize: number; readonly rounds: number; readonly saltSizeMax: number };

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['md5_crypt', { saltSize: 8, rounds: 0, saltSizeMax: 8 }],
  ['sha256_crypt', { saltSize: 16, rounds: 535_000, saltSizeMax: 16 }],
  ['sha512_crypt', { saltSize: 16, rounds: 656_000, saltSizeMax: 16 }],
]);

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5_crypt'],
  ['blowfish', 'bcrypt'],
  ['sha256', 'sha256_crypt'],
  ['sha512', 'sha512_crypt'],
]);

const SALT_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./';
const ROUNDS_MIN = 1000;
const ROUNDS_MAX = 999_999_999;
const CRYPT_ROUNDS = 5000;

/** The passlib name for one of Ansible's short names. */
export function schemeName(name: string): string {
  return SHORT_NAMES.get(name) ?? name;
}

/** How many characters of salt a scheme takes; Ansible uses 8 where it does not know. */
export function saltSizeOf(scheme: string): number {
  return SCHEMES.get(scheme)?.saltSize ?? 8;
}

/** A text of `length` characters out of `characters`. */
export function randomText(random: RandomBits, characters: string, length: number): string {
  const units = [...characters];
  let text = '';
  for (let index = 0; index < length; index++) text += randomChoice(random, units) ?? '';
  return text;
}

/** A salt of the system's randomness. */
export function randomSalt(env: Environment, length: number): string {
  return randomText(systemRandom(env.randomBytes), SALT_CHARACTERS, length);
}

/** The crypt(3) text of a password. */
export function hashPassword(password: string, options: PasswordOptions, env: Environment): string {
  const scheme = SCHEMES.get(options.scheme);
  if (scheme === undefined) throw ansibleError(`passlib does not support '${options.scheme}' algorithm`);
  const salt = options.salt ?? randomSalt(env, options.saltSize ?? scheme.saltSize);
  checkSalt(salt, scheme, options.scheme);
  if (password.includes('\0')) {
    throw notHashed(`${options.scheme} does not allow NULL bytes in password`);
  }
  if (options.scheme === 'md5_crypt') {
    return md5Crypt({ password, salt, rounds: 0, isRoundsImplicit: true });
  }
  const rounds = options.rounds ?? scheme.rounds;
  checkRounds(rounds, options.scheme);
  if (rounds > limits.passwordRoundsMax)
    throw limitError(
      `a password hash of ${rounds} rounds takes too long, more than ${limits.passwordRoundsMax}`,
    );
  const input = { password, salt, rounds, isRoundsImplicit: rounds === CRYPT_ROUNDS };
  return shaCrypt(options.scheme === 'sha256_crypt' ? 256 : 512, input);
}

function checkSalt(salt: string, scheme: Scheme, name: string): void {
  if (/[^./0-9A-Za-z]/.test(salt)) throw notHashed(`invalid characters in ${name} salt`);
  if (salt.length > scheme.saltSizeMax) {
    throw notHashed(`salt too large (${name} requires <= ${scheme.saltSizeMax} chars)`);
  }
}

function checkRounds(rounds: number, name: string): void {
  const shown = `${name}: min_desired_rounds (${rounds})`;
  if (rounds < ROUNDS_MIN) throw notHashed(`${shown} is too low, must be at least ${ROUNDS_MIN}`);
  if (rounds > ROUNDS_MAX) throw notHashed(`${shown} is too large, cannot be more than ${ROUNDS_MAX}`);
}

/** What Ansible says when passlib refuses. */
function notHashed(reason: string): Error {
  return ansibleError(`Could not hash the secret.. ${reason}`);
}
