/** The filter parse_cli of the collection ansible.netcommon: data out of a device's output, as a spec in YAML says. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText } from '../filter-error.ts';
import { dictSet } from '../python/dict-key.ts';
import {
  compilePattern,
  findAll,
  type Match,
  matchPattern,
  type Pattern,
  searchPattern,
} from '../python/regex.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, toList } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { dictOf, fill, isWanted, type ParseSpec, readSpec } from './parse-spec.ts';

/** The filter. */
export const parseCliFilter: Builtin = {
  name: 'parse_cli',
  signature: 'tmpl',
  call: (env, value, tmpl = null) => {
    const output = asText(force(value));
    if (output === undefined) {
      throw ansibleError(
        `parse_cli input should be a string, but was given a input of ${classText(force(value))}`,
      );
    }
    const found: Dict = new Map();
    for (const spec of readSpec(env, 'parse_cli', str(tmpl))) {
      if (isBlocks(spec)) return parseBlocks(env, spec, output);
      found.set(spec.name, parseItems(env, spec, output));
    }
    return found;
  },
};

/** Where a search for one value starts: the collection gives the flag for lines as the place to start at. */
const FIRST_CHARACTER_SEARCHED = 8;

function textOf(spec: ParseSpec, name: string): string {
  return str(spec.attributes.get(name) ?? '');
}

function isBlocks({ attributes }: ParseSpec): boolean {
  return attributes.has('start_block') && attributes.has('end_block');
}

function parseBlocks(env: Environment, spec: ParseSpec, output: string): Value {
  const patterns = toList(force(spec.attributes.get('items') ?? [])).map((item) => compilePattern(str(item)));
  const value = asDict(spec.value);
  if (value === undefined) return [];
  return blocksOf(spec, output).map((block) => {
    const item = patterns.map((pattern) => itemOf(pattern, searchPattern(pattern, block)));
    const variables = new Map<Value, Value>([['item', item]]);
    if (value.has('key')) {
      const key = fill(env, value.get('key') ?? null, variables);
      return dictOf([[key, fillAll(env, value.get('values') ?? null, variables)]]);
    }
    return dictOf([...value].map(([name, each]) => [name, fillOrNone(env, each, variables)]));
  });
}

/** The parts of the output from a line that begins a block to one that ends it. */
function blocksOf(spec: ParseSpec, output: string): string[] {
  const [start, end] = ['start_block', 'end_block'].map((name) => compilePattern(textOf(spec, name)));
  const blocks: string[] = [];
  let lines: string[] | undefined;
  if (start === undefined || end === undefined) return blocks;
  for (const line of output.split('\n')) {
    if (matchPattern(start, line) !== undefined) lines = [line];
    else if (matchPattern(end, line) !== undefined) {
      if (lines !== undefined) blocks.push([...lines, line].join('\n'));
      lines = undefined;
    } else lines?.push(line);
  }
  return blocks;
}

/** The named groups of a match, and all of them as a list. */
function itemOf(pattern: Pattern, match: Match | undefined): Value {
  if (match === undefined) return null;
  const groups = match.groups.slice(1).map((group) => group ?? null);
  return dictOf([...namedGroups(pattern, match), ['match', groups]]);
}

function namedGroups(pattern: Pattern, { groups }: Match): [Value, Value][] {
  return [...pattern.groupNames].map(([name, number]) => [name, groups[number] ?? null]);
}

function fillOrNone(env: Environment, value: Value, variables: Dict): Value {
  try {
    return fill(env, value, variables);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    return null;
  }
}

function fillAll(env: Environment, value: Value, variables: Dict): Dict {
  const entries = asDict(force(value)) ?? new Map<Value, Value>();
  return dictOf([...entries].map(([name, each]) => [name, fill(env, each, variables)]));
}

function parseItems(env: Environment, spec: ParseSpec, output: string): Value {
  if (!spec.attributes.has('items')) return spec.value;
  const source = textOf(spec, 'items');
  const value = asDict(spec.value);
  if (value === undefined) {
    const pattern = compilePattern(source);
    const match = searchPattern(pattern, output, FIRST_CHARACTER_SEARCHED);
    const item = match === undefined ? new Map() : dictOf(namedGroups(pattern, match));
    return fill(env, spec.value, new Map([['item', item]]));
  }
  const pattern = compilePattern(source, { multiline: true });
  const items =
    pattern.groupNames.size === 0 ? [] : findAll(pattern, output).map((match) => foundGroups(pattern, match));
  return value.has('key')
    ? keyedEntries(env, spec, { value, items })
    : listedEntries(env, spec, { value, items });
}

/** As `re.findall` gives the groups: those that took no part are empty. */
function foundGroups(pattern: Pattern, { groups }: Match): Dict {
  return dictOf([...pattern.groupNames].map(([name, number]) => [name, groups[number] ?? '']));
}

type Found = { readonly value: Dict; readonly items: readonly Dict[] };

function listedEntries(env: Environment, spec: ParseSpec, { value, items }: Found): Value {
  const entries = items.map((item) => fillAll(env, value, new Map([['item', item]])));
  return entries.filter((entry) => isWanted(env, spec, entry));
}

function keyedEntries(env: Environment, spec: ParseSpec, { value, items }: Found): Value {
  const made: Dict = new Map();
  for (const item of items) {
    const variables = new Map<Value, Value>([['item', item]]);
    const entry = fillAll(env, value.get('values') ?? null, variables);
    const key = fill(env, value.get('key') ?? null, variables);
    if (
      isWanted(
        env,
        spec,
        dictOf([
          ['key', key],
          ['value', entry],
        ]),
      )
    )
      dictSet(made, key, entry);
  }
  return made;
}
