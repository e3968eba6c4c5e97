/** What known_hosts files say about a host's key, in OpenSSH's format (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */

import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One line of a known_hosts file. `line` counts from 1. */
export type KnownHostLine = {
  readonly file: string;
  readonly line: number;
  readonly isRevoked: boolean;
  /** The first field: patterns separated by commas, or one hashed name. */
  readonly names: string;
  readonly type: string;
  readonly key: Buffer;
};

/** What the files say about one key that a host sent. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed' | 'revoked'; readonly line: KnownHostLine };

const DEFAULT_PORT = 22;

/** The name of a host in known_hosts: with its port only when that is not 22. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/** Reads the files that exist, in order; lines that cannot be read are skipped, as ssh does. */
export function loadKnownHosts(files: readonly string[]): readonly KnownHostLine[] {
  return files.flatMap((file) => {
    const text = readIfPresent(file);
    return text.split('\n').flatMap((line, index) => {
      const parsed = parseLine(line, file, index + 1);
      return parsed === undefined ? [] : [parsed];
    });
  });
}

/** The lines that speak about `host` and `port`. */
export function linesForHost(
  lines: readonly KnownHostLine[],
  host: string,
  port: number,
): readonly KnownHostLine[] {
  const name = knownHostName(host, port);
  return lines.filter((line) => matchesNames(line.names, name));
}

/**
 * Judges the key that a host sent. A revoked key is refused whatever else is written; a key written for the
 * name without its port is accepted for any port, as ssh does.
 */
export function checkHostKey(
  lines: readonly KnownHostLine[],
  host: string,
  portAndKey: { readonly port: number; readonly key: Buffer },
): HostKeyVerdict {
  const { port, key } = portAndKey;
  const own = linesForHost(lines, host, port);
  const withoutPort = port === DEFAULT_PORT ? [] : linesForHost(lines, host, DEFAULT_PORT);
  const same = [...own, ...withoutPort].filter((line) => line.key.equals(key));
  const revoked = same.find((line) => line.isRevoked);
  if (revoked !== undefined) {
    return { kind: 'revoked', line: revoked };
  }
  if (same.length > 0) {
    return { kind: 'known' };
  }
  const type = hostKeyType(key);
  const changed = own.find((line) => !line.isRevoked && line.type === type);
  return changed === undefined ? { kind: 'unknown' } : { kind: 'changed', line: changed };
}

/** Appends a host's key to `file`, making the file and its directory private when they are new. */
export function appendKnownHost(file: string, name: string, key: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const text = readIfPresent(file);
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync(file, `${separator}${name} ${hostKeyType(key)} ${key.toString('base64')}\n`, {
    mode: 0o600,
  });
}

/** The type that a public key blob names, such as `ssh-ed25519`. */
export function hostKeyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, 4 + length);
}

/** The type as people know it: ED25519, ECDSA, RSA. */
export function keyTypeTitle(type: string): string {
  if (type.startsWith('ecdsa-')) {
    return 'ECDSA';
  }
  return type.replace(/^ssh-/, '').replace(/^dss$/, 'dsa').toUpperCase();
}

/** The fingerprint as `ssh-keygen -l` prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseLine(text: string, file: string, line: number): KnownHostLine | undefined {
  const words = text.trim().split(/\s+/);
  const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
  const [names, type, base64] = words;
  if (names === undefined || type === undefined || base64 === undefined || names.startsWith('#')) {
    return undefined;
  }
  // Certificates of host keys are not supported by ssh2, so their authorities cannot vouch for a plain key.
  if (marker !== undefined && marker !== '@revoked') {
    return undefined;
  }
  const key = Buffer.from(base64, 'base64');
  return hostKeyType(key) === type
    ? { file, line, isRevoked: marker === '@revoked', names, type, key }
    : undefined;
}

function matchesNames(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    return matchesHash(names, name);
  }
  return matchPatterns(names.split(','), name);
}

function matchesHash(hashed: string, name: string): boolean {
  const [salt, hash] = hashed.slice('|1|'.length).split('|');
  if (salt === undefined || hash === undefined) {
    return false;
  }
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

/** Whether `name` matches one of the patterns (`*`, `?`) and none of those that begin with `!`. */
export function matchPatterns(patterns: readonly string[], name: string): boolean {
  let isMatch = false;
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!');
    if (wildcardExpression(isNegated ? pattern.slice(1) : pattern).test(name)) {
      if (isNegated) {
        return false;
      }
      isMatch = true;
    }
  }
  return isMatch;
}

function wildcardExpression(pattern: string): RegExp {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}
