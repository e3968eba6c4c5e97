/** Lookups that read files: file, unvault, fileglob, first_found. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText, lookupError, rethrown } from '../filter-error.ts';
import { isSequence } from '../filters/sequence.ts';
import { decodeText } from '../python/codec.ts';
import { pythonError, undefinedError } from '../python/error.ts';
import { baseName, directoryName, joinPath } from '../python/posix-path.ts';
import { str } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { asDict, asText, force, iterate } from '../python/values.ts';
import { stripEnd, stripStart } from '../python/whitespace.ts';
import { boolOption, type LookupOptions, listOption, termText, textOption } from './options.ts';
import { findFile, findFileQuietly, readFound } from './search.ts';

/** File lookups. */
export const fileLookups: readonly Lookup[] = [
  {
    name: 'file',
    call: (env, terms, options) => terms.map((term) => readText(env, termText(term), options)),
  },
  { name: 'unvault', call: (env, terms) => terms.map((term) => unvault(env, termText(term))) },
  { name: 'fileglob', call: (env, terms) => terms.flatMap((term) => globFiles(env, termText(term))) },
  { name: 'first_found', call: firstFound },
];

function readText(env: Environment, name: string, options: LookupOptions): string {
  const found = readFound(env, 'files', name);
  if (found === undefined) throw ansibleError(`could not locate file in lookup: ${name}`);
  let text = decodeText(found.content);
  if (boolOption(options, 'lstrip', false)) text = stripStart(text);
  return boolOption(options, 'rstrip', true) ? stripEnd(text) : text;
}

function unvault(env: Environment, name: string): string {
  const path = findFile(env, 'files', name);
  const content = rethrown(
    () => (path === undefined ? undefined : env.local.readFile(path)),
    (error) =>
      error.message.startsWith('Attempting to decrypt')
        ? pythonError('AnsibleParserError', `A vault password or secret must be specified to decrypt ${path}`)
        : undefined,
  );
  if (content === undefined) {
    throw pythonError('AnsibleParserError', `Unable to find file matching "${name}" `);
  }
  return decodeText(content);
}

function globFiles(env: Environment, term: string): string[] {
  const name = baseName(term);
  const directories =
    name === term
      ? env.searchPath.flatMap((path) => [joinPath(path, 'files'), path])
      : [findFile(env, 'files', directoryName(term))];
  for (const directory of directories) {
    if (directory === undefined) continue;
    const found = env.local.glob(joinPath(directory, name));
    const files = found.filter((path) => env.local.stat(path, true)?.kind === 'file');
    if (files.length > 0) return files;
  }
  return [];
}

type Search = { readonly names: string[]; readonly isSkippable: boolean };

/** The option `_subdir` is what a `with_first_found` loop sets by its action: `templates`, `vars`, `tasks`. */
function firstFound(env: Environment, terms: readonly Value[], options: LookupOptions): Value[] {
  const { names, isSkippable } = searchOf(terms, options);
  const directory = textOption(options, '_subdir', 'files');
  for (const name of names) {
    const path = findFileQuietly(env, directory, name);
    if (path !== undefined) return [path];
  }
  if (isSkippable) return [];
  throw lookupError('No file was found when using first_found.');
}

/** All paths to try, term by term; the last term decides about `skip`. */
function searchOf(terms: readonly Value[], options: LookupOptions): Search {
  let names: string[] = [];
  let isSkippable = false;
  for (const raw of terms) {
    const term = force(raw);
    if (term instanceof Undefined) throw undefinedError(term);
    const own = asDict(term);
    if (own === undefined && asText(term) === undefined) {
      if (!isSequence(term)) {
        const message = 'Invalid term supplied, can handle string, mapping or list of strings but got: ';
        throw lookupError(`${message}${classText(term)} for ${str(term)}`);
      }
      const inner = searchOf([...iterate(term)], options);
      names.push(...inner.names);
      isSkippable = inner.isSkippable;
      continue;
    }
    const given = own === undefined ? options : namedOptions(own);
    isSkippable = boolOption(given, 'skip', false);
    names = addNames(names, term, given);
  }
  return { names, isSkippable };
}

function namedOptions(own: ReadonlyMap<Value, Value>): LookupOptions {
  return new Map([...own].map(([key, item]) => [str(key), item]));
}

function addNames(names: string[], term: Value, options: LookupOptions): string[] {
  const files = splitNames(listOption(options, 'files'), /[,;]/);
  const paths = splitNames(listOption(options, 'paths'), /[,:;]/);
  if (paths.length > 0) {
    return [...names, ...paths.flatMap((path) => files.map((file) => joinPath(path, file)))];
  }
  if (files.length > 0) return files;
  return [...names, termText(term)];
}

function splitNames(values: readonly Value[], separators: RegExp): string[] {
  return values.flatMap((raw) => {
    const value = force(raw);
    return isSequence(value) ? splitNames([...iterate(value)], separators) : str(value).split(separators);
  });
}
