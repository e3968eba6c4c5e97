/** Python's `urllib.parse.urlsplit`. */

import { valueError } from './error.ts';
import { repr } from './repr.ts';

/** The parts of a URL; what is undefined is None in Python. */
export type UrlParts = {
  readonly scheme: string;
  readonly netloc: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
};

/** Splits a URL; raises ValueError for a bad port or bad brackets. */
export function splitUrl(text: string): UrlParts {
  let rest = text.replace(/^[\p{Cc} ]+/u, '').replace(/[\t\r\n]/g, '');
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(rest)?.[1];
  if (scheme !== undefined) rest = rest.slice(scheme.length + 1);
  let netloc = '';
  if (rest.startsWith('//')) {
    const end = rest.slice(2).search(/[/?#]/);
    netloc = end < 0 ? rest.slice(2) : rest.slice(2, 2 + end);
    rest = end < 0 ? '' : rest.slice(2 + end);
    if (netloc.includes('[') !== netloc.includes(']')) throw valueError('Invalid IPv6 URL');
  }
  const [beforeFragment, fragment] = cut(rest, '#');
  const [path, query] = cut(beforeFragment, '?');
  return { scheme: (scheme ?? '').toLowerCase(), netloc, path, query, fragment, ...authority(netloc) };
}

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function authority(netloc: string): Pick<UrlParts, 'hostname' | 'password' | 'port' | 'username'> {
  const at = netloc.lastIndexOf('@');
  const user = at < 0 ? undefined : netloc.slice(0, at);
  const colon = user?.indexOf(':') ?? -1;
  const host = netloc.slice(at + 1);
  const bracketed = /^\[([^\]]*)\](?::(.*))?/.exec(host);
  const [name, port] = bracketed === null ? splitPort(host) : [bracketed[1] ?? '', bracketed[2] ?? ''];
  return {
    username: colon < 0 ? user : user?.slice(0, colon),
    password: colon < 0 ? undefined : user?.slice(colon + 1),
    hostname: name === '' ? undefined : name.toLowerCase(),
    port: port === '' ? undefined : parsePort(port),
  };
}

function splitPort(host: string): [string, string] {
  const colon = host.indexOf(':');
  return colon < 0 ? [host, ''] : [host.slice(0, colon), host.slice(colon + 1)];
}

function parsePort(port: string): number {
  if (!/^\d+$/.test(port)) throw valueError(`Port could not be cast to integer value as ${repr(port)}`);
  const number = Number(port);
  if (number > 65_535) throw valueError('Port out of range 0-65535');
  return number;
}
