/** What a host's files look like: type, mode, owner and content of everything below a directory. */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Made by running at all and not by the playbook: logs, run-time files, the tools' own temporary files. */
const INCIDENTAL = [
  /^(dev|proc|run|sys|tmp)(\/|$)/,
  /^var\/(log|tmp|cache|lib\/systemd)(\/|$)/,
  /^etc\/(ssh\/pod_\w+|hosts|hostname)$/,
  /(^|\/)\.(ansible|cache|sortie)(\/|$)/,
  /(^|\/)\.ssh(\/|$)/,
  /__pycache__/,
  /^var\/lib\/sudo(\/|$)/,
];

export type FileTree = Readonly<Record<string, string>>;

/** Maps each path to one line of description. */
export function readTree(root: string): FileTree {
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => !INCIDENTAL.some((pattern) => pattern.test(name)))
    .sort();
  return Object.fromEntries(entries.map((name) => [name, describe(path.join(root, name), name)]));
}

function describe(file: string, name: string): string {
  const stat = lstatSync(file);
  const owner = `${(stat.mode & 0o7777).toString(8).padStart(4, '0')} ${stat.uid}:${stat.gid}`;
  if (stat.isSymbolicLink()) return `link ${stat.uid}:${stat.gid} -> ${readlinkSync(file)}`;
  if (stat.isDirectory()) return `directory ${owner}`;
  if (!stat.isFile()) return `special ${owner}`;
  const text = readFileSync(file).toString('latin1');
  return `file ${owner} ${JSON.stringify(/^etc\/g?shadow-?$/.test(name) ? describeShadow(text) : text)}`;
}

/** Passwords are hashed with a random salt on each host. */
function describeShadow(text: string): string {
  return text.replaceAll(/^([^:]*):\$[^:]*:/gm, '$1:HASH:');
}
