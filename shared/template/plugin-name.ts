/** Names of filters, tests and lookups, and what Ansible says of those that it cannot find. */

import type { Value } from '../base/value.ts';
import { classText } from './filter-error.ts';
import { valueError } from './python/error.ts';
import { reprText } from './python/repr.ts';
import { asText, force } from './python/values.ts';

/** The functions that call lookups. */
export const LOOKUP_FUNCTIONS: ReadonlySet<string> = new Set(['lookup', 'q', 'query']);

/** A name without the collection of what is built in. */
export function shortName(name: string): string {
  return name.replace(/^ansible\.(builtin|legacy)\./, '');
}

/** Python's `$` matches before a line end, too. */
const PLUGIN_NAME = /^[\p{L}\p{N}_]+(\.[\p{L}\p{N}_]+){2,}\n?$/u;

/** The message for a filter or test of that name: unknown, or no name that a plugin can have. */
export function couldNotLoad(name: string): string {
  const qualified = name.includes('.') ? name : `ansible.builtin.${name}`;
  const reason = PLUGIN_NAME.test(qualified) ? name : `invalid plugin name: ${qualified}`;
  return `Could not load "${name}": ${reprText(reason)}`;
}

/** A value as the name of a filter or test. */
export function pluginName(value: Value): string {
  const text = asText(force(value));
  if (text === undefined) throw valueError(`key must be a string, got ${classText(force(value))} instead`);
  return text;
}
