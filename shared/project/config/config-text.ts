/** What `-v` says of the configuration. */

import type { Config } from './load-config.ts';

/** Names the file that was read, if there was one. */
export function configText({ file }: Pick<Config, 'file'>): string {
  return file === undefined ? 'No config file found; using defaults' : `Using ${file} as config file`;
}
