/** Ansible's password hashing, with passlib's defaults: behind `password_hash` and the password lookup. */

import { hashSync } from 'bcryptjs';
import { limits } from '../../base/limits.ts';
import { countVisit } from '../budget.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { limitError, pythonError, valueError } from '../python/error.ts';
import { type RandomBits, randomChoice, systemRandom } from '../python/random.ts';
import { textLength } from '../python/values.ts';
import { md5Crypt, shaCrypt } from './crypt.ts';

/** What to hash and how; what is undefined takes the scheme's default. */
export type PasswordOptions = {
  readonly scheme: string;
  readonly salt?: string | undefined;
  readonly saltSize?: number | undefined;
  readonly rounds?: number | undefined;
  /** The version of bcrypt: `2a`, `2b`, `2y`. Other schemes have none. */
  readonly ident?: string | undefined;
};

type Scheme = {
  readonly saltSize: number;
  readonly rounds: number;
  readonly saltSizeMax: number;
  readonly roundsMin: number;
  readonly roundsMax: number;
};

const SHA_ROUNDS = { roundsMin: 1000, roundsMax: 999_999_999 };

const SCHEMES: ReadonlyMap<string, Scheme> = new Map([
  ['md5_crypt', { saltSize: 8, rounds: 0, saltSizeMax: 8, ...SHA_ROUNDS }],
  ['bcrypt', { saltSize: 22, rounds: 12, saltSizeMax: 22, roundsMin: 4, roundsMax: 31 }],
  ['sha256_crypt', { saltSize: 16, rounds: 535_000, saltSizeMax: 16, ...SHA_ROUNDS }],
  ['sha512_crypt', { saltSize: 16, rounds: 656_000, saltSizeMax: 16, ...SHA_ROUNDS }],
]);

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5_crypt'],
  ['blowfish', 'bcrypt'],
  ['sha256', 'sha256_crypt'],
  ['sha512', 'sha512_crypt'],
]);

const SALT_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./';
/** The values that characters stand for in salts of bcrypt, in order. */
const BCRYPT_DIGITS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BCRYPT_IDENTS: ReadonlySet<string> = new Set(['2', '2a', '2b', '2y']);
const CRYPT_ROUNDS = 5000;
const BCRYPT_SALT_SIZE = 22;
const BCRYPT_IDENT = '2b';
/** passlib refuses longer ones: hashing them takes the square of their length. */
const PASSWORD_CHARACTERS_MAX = 4096;
/** Drawing takes longer than other steps. */
const STEPS_OF_A_CHARACTER = 4;
const STEPS_OF_A_BCRYPT_ROUND = 200;

/** The passlib name for one of Ansible's short names. */
export function schemeName(name: string): string {
  return SHORT_NAMES.get(name) ?? name;
}

/** How many characters of salt a scheme takes; Ansible uses 8 where it does not know. */
export function saltSizeOf(scheme: string): number {
  return SCHEMES.get(scheme)?.saltSize ?? 8;
}

/** The version of a scheme that has several, when none is asked for. */
export function defaultIdent(scheme: string): string | undefined {
  return scheme === 'bcrypt' ? BCRYPT_IDENT : undefined;
}

/** A text of `length` characters out of `characters`. */
export function randomText(random: RandomBits, characters: string, length: number): string {
  const units = [...characters];
  if (units.length === 0 && length > 0) {
    throw pythonError('IndexError', 'Cannot choose from an empty sequence');
  }
  countVisit(Math.max(0, length) * STEPS_OF_A_CHARACTER);
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
  if (options.scheme === 'bcrypt') checkBcrypt(options);
  const given = options.salt ?? randomSalt(env, options.saltSize ?? scheme.saltSize);
  const salt = options.scheme === 'bcrypt' ? repairedSalt(given) : given;
  checkSalt(salt, scheme, options.scheme);
  if (textLength(password) > PASSWORD_CHARACTERS_MAX)
    throw notHashed('password exceeds maximum allowed size');
  if (password.includes('\0')) {
    throw notHashed(`${options.scheme} does not allow NULL bytes in password`);
  }
  if (options.scheme === 'md5_crypt') {
    return md5Crypt({ password, salt, rounds: 0, isRoundsImplicit: true });
  }
  const rounds = options.rounds ?? scheme.rounds;
  checkRounds(rounds, scheme, options.scheme);
  if (options.scheme === 'bcrypt')
    return bcrypt(password, { salt, rounds, ident: options.ident ?? BCRYPT_IDENT });
  if (rounds > limits.passwordRoundsMax)
    throw limitError(
      `a password hash of ${rounds} rounds takes too long, more than ${limits.passwordRoundsMax}`,
    );
  countVisit(rounds);
  const input = { password, salt, rounds, isRoundsImplicit: rounds === CRYPT_ROUNDS };
  return shaCrypt(options.scheme === 'sha256_crypt' ? 256 : 512, input);
}

/** The scheme takes salts of one length only. */
function checkBcrypt({ ident, saltSize }: PasswordOptions): void {
  if (ident !== undefined && !BCRYPT_IDENTS.has(ident)) throw notHashed(`invalid ident: '${ident}'`);
  if (saltSize !== undefined && saltSize !== BCRYPT_SALT_SIZE) {
    throw notHashed(`bcrypt: salt_size (${saltSize}) must be exactly ${BCRYPT_SALT_SIZE}`);
  }
}

/** The salt with the bits of its last character cleared that stand for nothing. */
function repairedSalt(salt: string): string {
  const unused = [0, undefined, 4, 2][salt.length % 4];
  if (unused === undefined) throw valueError('source length must != 1 mod 4');
  const last = BCRYPT_DIGITS.indexOf(salt.slice(-1));
  if (unused > 0 && last < 0) throw valueError('substring not found');
  return unused === 0 ? salt : salt.slice(0, -1) + (BCRYPT_DIGITS[(last >> unused) << unused] ?? '');
}

type BcryptInput = { readonly salt: string; readonly rounds: number; readonly ident: string };

function bcrypt(password: string, { salt, rounds, ident }: BcryptInput): string {
  if (rounds > limits.bcryptCostMax)
    throw limitError(`a bcrypt hash of cost ${rounds} takes too long, more than ${limits.bcryptCostMax}`);
  countVisit(2 ** rounds * STEPS_OF_A_BCRYPT_ROUND);
  return hashSync(password, `$${ident}$${String(rounds).padStart(2, '0')}$${salt}`);
}

function checkSalt(salt: string, scheme: Scheme, name: string): void {
  if (/[^./0-9A-Za-z]/.test(salt)) throw notHashed(`invalid characters in ${name} salt`);
  if (salt.length > scheme.saltSizeMax) {
    const most = name === 'bcrypt' ? 'exactly' : '<=';
    throw notHashed(`salt too large (${name} requires ${most} ${scheme.saltSizeMax} chars)`);
  }
  if (name === 'bcrypt' && salt.length < scheme.saltSize) {
    throw notHashed(`salt too small (bcrypt requires exactly ${scheme.saltSize} chars)`);
  }
}

function checkRounds(rounds: number, { roundsMin, roundsMax }: Scheme, name: string): void {
  const shown = `${name}: min_desired_rounds (${rounds})`;
  if (rounds < roundsMin) throw notHashed(`${shown} is too low, must be at least ${roundsMin}`);
  if (rounds > roundsMax) throw notHashed(`${shown} is too large, cannot be more than ${roundsMax}`);
}

/** What Ansible says when passlib refuses. */
function notHashed(reason: string): Error {
  return ansibleError(`Could not hash the secret.. ${reason}`);
}
