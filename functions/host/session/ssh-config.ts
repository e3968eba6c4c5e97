/** ssh's configuration files (ssh_config(5)): the settings that hold for one host. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { matchPatterns } from './known-hosts.ts';
import { addValues, type SshSettings, splitSetting, splitWords } from './ssh-settings.ts';

/** The file that holds for all users. */
export const SYSTEM_CONFIG = '/etc/ssh/ssh_config';

const INCLUDE_DEPTH_MAX = 16;

/** What a configuration file is read for. */
export type SshConfigQuery = {
  /** The host as the inventory or a ProxyJump names it. */
  readonly host: string;
  readonly user: string;
  readonly home: string;
};

/**
 * The settings of `file` for one host, in order. A file that is not there has none. `Match` blocks count with the
 * criteria `all`, `host`, `originalhost` and `user`; a block with other criteria (`exec`, …) is left out.
 */
export function loadSshConfig(file: string, query: SshConfigQuery): SshSettings {
  const settings = new Map<string, string[]>();
  const directory = file === SYSTEM_CONFIG ? path.dirname(file) : path.join(query.home, '.ssh');
  readInto(settings, file, { query, depth: 0, directory });
  return settings;
}

type Reading = { readonly query: SshConfigQuery; readonly depth: number; readonly directory: string };

function readInto(settings: Map<string, string[]>, file: string, reading: Reading): void {
  let applies = true;
  for (const text of readLines(file)) {
    const setting = splitSetting(text);
    if (setting === undefined) {
      continue;
    }
    const [keyword, value] = setting;
    if (keyword === 'host') {
      applies = matchPatterns(splitWords(value), reading.query.host.toLowerCase());
    } else if (keyword === 'match') {
      applies = matchesCriteria(splitWords(value), settings, reading.query);
    } else if (!applies) {
      // A block for other hosts.
    } else if (keyword === 'include') {
      includeFiles(settings, value, reading);
    } else {
      addValues(settings, keyword, [value]);
    }
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'));
  } catch {
    return [];
  }
}

/** Relative paths begin in ~/.ssh or, for the system's file, in /etc/ssh, wherever the including file is. */
function includeFiles(settings: Map<string, string[]>, value: string, reading: Reading): void {
  const { query, depth, directory } = reading;
  if (depth >= INCLUDE_DEPTH_MAX) {
    return;
  }
  for (const word of splitWords(value)) {
    const expanded = word.replace(/^~(?=\/)/, query.home);
    for (const file of expandWildcards(path.resolve(directory, expanded))) {
      readInto(settings, file, { ...reading, depth: depth + 1 });
    }
  }
}

function expandWildcards(pattern: string): readonly string[] {
  const name = path.basename(pattern);
  if (!/[*?]/.test(name)) {
    return [pattern];
  }
  const directory = path.dirname(pattern);
  try {
    return readdirSync(directory)
      .filter((entry) => matchPatterns([name], entry.toLowerCase()))
      .sort()
      .map((entry) => path.join(directory, entry));
  } catch {
    return [];
  }
}

function matchesCriteria(words: readonly string[], settings: SshSettings, query: SshConfigQuery): boolean {
  const rest = [...words];
  for (let criterion = rest.shift(); criterion !== undefined; criterion = rest.shift()) {
    if (criterion === 'all') {
      continue;
    }
    const subject = criterionSubject(criterion, settings, query);
    if (subject === undefined || !matchPatterns((rest.shift() ?? '').split(','), subject)) {
      return false;
    }
  }
  return true;
}

function criterionSubject(
  criterion: string,
  settings: SshSettings,
  query: SshConfigQuery,
): string | undefined {
  switch (criterion) {
    case 'host':
      return (settings.get('hostname')?.[0] ?? query.host).toLowerCase();
    case 'originalhost':
      return query.host.toLowerCase();
    case 'user':
      return query.user.toLowerCase();
    default:
      return undefined;
  }
}
