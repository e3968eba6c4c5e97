/** The lookup binary_file of the collection community.general: files in base64. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { pythonError } from '../python/error.ts';
import { type LookupOptions, termText, textOption } from './options.ts';
import { readFound } from './search.ts';

/** The lookup. */
export const binaryFileLookup: Lookup = {
  name: 'binary_file',
  call: (env, terms, options) => {
    const fallback = fallbackOf(options);
    return terms.flatMap((term) => readTerm(env, termText(term), fallback));
  },
};

/** What stands for a file that is not there; undefined where that is an error. */
function fallbackOf(options: LookupOptions): Value[] | undefined {
  const wanted = textOption(options, 'not_exist', 'error');
  if (wanted === 'error') return undefined;
  if (wanted === 'empty') return [''];
  if (wanted === 'empty_str') return ['empty'];
  const setting =
    'plugin_type: lookup plugin: ansible_collections.community.general.plugins.lookup.binary_file setting: not_exist ';
  throw pythonError(
    'AnsibleOptionsError',
    `Invalid value "${wanted}" for configuration option "${setting}", valid values are: error, empty, empty_str`,
  );
}

function readTerm(env: Environment, term: string, fallback: Value[] | undefined): Value[] {
  const found = readFound(env, 'files', term);
  if (found !== undefined) return [Buffer.from(found.content).toString('base64')];
  if (fallback !== undefined) return fallback;
  throw lookupError(`Could not locate file in community.general.binary_file lookup: ${term}`);
}
