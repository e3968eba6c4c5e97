/** Facts that outlive a run, as `fact_caching = jsonfile` keeps them: one JSON file per host. */

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FactCache } from '../functions/host/execute/host-ports.ts';
import { formatJson, parseJson } from '../shared/base/json.ts';
import { isDict } from '../shared/base/value.ts';
import type { Config } from '../shared/project/config/load-config.ts';
import { plainValue } from '../shared/template/plain-value.ts';

export type FactCacheOptions = {
  readonly config: Config;
  readonly now: () => number;
  readonly isFlushed: boolean;
};

/** The configured cache; the default, `memory`, keeps nothing. */
export function openFactCache({ config, now, isFlushed }: FactCacheOptions): FactCache {
  const plugin = config.text('CACHE_PLUGIN')?.replace(/^ansible\.(builtin|legacy)\./, '');
  const connection = config.text('CACHE_PLUGIN_CONNECTION');
  if (plugin !== 'jsonfile' || connection === undefined)
    return { read: () => undefined, write: () => undefined };
  const directory = resolve(connection);
  const lifetimeMs = (config.number('CACHE_PLUGIN_TIMEOUT') ?? 0) * 1000;
  const prefix =
    config.origin('CACHE_PLUGIN_PREFIX') === 'default' ? '' : (config.text('CACHE_PLUGIN_PREFIX') ?? '');
  const pathOf = (host: string): string => join(directory, `${prefix}${host.replaceAll('/', '_')}`);
  const isFresh = (path: string): boolean => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && (lifetimeMs === 0 || now() - stat.mtimeMs <= lifetimeMs);
  };
  return {
    read: (host) => {
      const path = pathOf(host);
      if (isFlushed || !isFresh(path)) return undefined;
      const facts = parseJson(readFileSync(path, 'utf8'));
      return isDict(facts) ? facts : undefined;
    },
    write: (host, facts) => {
      const path = pathOf(host);
      if (facts.size === 0) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(directory, { recursive: true });
      writeFileSync(`${path}.${process.pid}`, formatJson(plainValue(facts), { indent: 4, sortKeys: true }));
      renameSync(`${path}.${process.pid}`, path);
    },
  };
}
