/** What the collection ansible.utils knows of paths into data: get_path, to_paths and index_of, as filters and as lookups. */

import { type Dict, PyFloat, type Value } from '../../base/value.ts';
import type { ArgumentOptions } from '../argument-spec/check-arguments.ts';
import { countVisit } from '../budget.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { typeError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { asDict, asSequence, asText, force, isMapping, isTrue, toList, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { withOnlyVariables } from '../with-variables.ts';
import type { CheckedFilter } from './checked-filter.ts';

const GET_PATH: ArgumentOptions = {
  var: { type: 'raw', required: true },
  path: { type: 'str', required: true },
  wantlist: { type: 'bool' },
};

const TO_PATHS: ArgumentOptions = {
  var: { type: 'raw', required: true },
  prepend: { type: 'str' },
  wantlist: { type: 'bool' },
};

const INDEX_OF: ArgumentOptions = {
  data: { type: 'list', required: true },
  test: { type: 'str', required: true },
  value: { type: 'raw' },
  key: { type: 'str' },
  fail_on_missing: { type: 'bool' },
  wantlist: { type: 'bool' },
};

/** The filters; as lookups they take the same arguments and always give a list. */
export const pathPlugins: readonly CheckedFilter[] = [
  { name: 'get_path', positions: ['var', 'path'], options: GET_PATH, run: getPath },
  { name: 'to_paths', positions: ['var', 'prepend', 'wantlist'], options: TO_PATHS, run: toPaths },
  {
    name: 'index_of',
    positions: ['data', 'test', 'value', 'key', 'fail_on_missing', 'wantlist'],
    options: INDEX_OF,
    run: indexOf,
  },
];

function asWanted(values: Dict, result: Value): Value {
  return isTrue(values.get('wantlist') ?? false) ? [result] : result;
}

function getPath(env: Environment, values: Dict): Value {
  const root = values.get('var') ?? null;
  const variables = asDict(root);
  if (variables === undefined) {
    throw typeError(
      `jinja2.nativetypes.NativeTemplate.render() argument after ** must be a mapping, not ${typeName(root)}`,
    );
  }
  const source = `{{ ${str(values.get('path') ?? '')} }}`;
  return asWanted(values, engineAbove().run(source, withOnlyVariables(env, variables)));
}

function toPaths(_env: unknown, values: Dict): Value {
  const prepend = values.get('prepend') ?? null;
  const root = values.get('var') ?? null;
  const whole = prepend === null || prepend === '' ? root : new Map([[prepend, root]]);
  const found: Dict = new Map();
  collectPaths(whole, '', found);
  return asWanted(values, Array.isArray(whole) && whole.length === 0 ? [] : found);
}

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*\n?$/;

const STEPS_OF_A_PATH = 20;

/** Puts what stands in `data` under its path. */
function collectPaths(raw: Value, path: Value, found: Dict): void {
  countVisit(STEPS_OF_A_PATH);
  const data = force(raw);
  const entries = asDict(data);
  const isEmpty = entries?.size === 0 || (Array.isArray(data) && data.length === 0);
  if (isEmpty && path === '') return;
  if (isEmpty || (entries === undefined && !Array.isArray(data))) {
    dictSet(found, path, data);
  } else if (entries === undefined) {
    for (const [index, item] of toList(data).entries()) collectPaths(item, `${str(path)}[${index}]`, found);
  } else
    for (const [key, item] of entries) collectPaths(item, path === '' ? key : stepInto(path, key), found);
}

function stepInto(path: Value, key: Value): Value {
  const name = asText(key);
  if (name === undefined) throw typeError(`expected string or bytes-like object, got '${typeName(key)}'`);
  return operate('+', path, NAME.test(name) ? `.${name}` : `['${name}']`);
}

function indexOf(env: Environment, values: Dict): Value {
  const data = toList(values.get('data') ?? []).map(force);
  const key = values.get('key') ?? null;
  const entries = key === null ? data : fieldsOf(data, key, isTrue(values.get('fail_on_missing') ?? false));
  const query = { test: str(values.get('test') ?? ''), value: values.get('value') ?? null };
  const found = entries.flatMap((entry, index) =>
    entry !== undefined && holds(env, entry, query) ? [index] : [],
  );
  const [only] = found;
  return found.length === 1 && only !== undefined && !isTrue(values.get('wantlist') ?? false) ? only : found;
}

function indexError(message: string): Error {
  return ansibleError(`Error when using plugin 'index_of': ${message}`);
}

/** The field of each dict, undefined for one without it. */
function fieldsOf(data: readonly Value[], key: Value, isStrict: boolean): (Value | undefined)[] {
  if (!data.every(isMapping)) {
    throw indexError(
      `When a key name is provided, all list entries are required to be dictionaries, got ${listed(data.map(jsonType))}`,
    );
  }
  const fields = data.map((entry) => dictGet(asDict(entry) ?? new Map(), key));
  const missing = fields.flatMap((field, index) =>
    field === undefined ? [`'${str(key)}' was not found in '${str(data[index] ?? null)}' at [${index}]`] : [],
  );
  if (isStrict && missing.length > 0) throw indexError(`${listed(missing)}. fail_on_missing=True`);
  return fields.map((field) => (field === undefined ? undefined : force(field)));
}

function listed(texts: readonly string[]): string {
  return `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** The type that the value has as JSON. */
function jsonType(value: Value): string {
  if (asText(value) !== undefined) return 'str';
  if (asSequence(value) !== undefined) return 'list';
  return value instanceof PyFloat ? 'float' : typeName(value);
}

type Query = { readonly test: string; readonly value: Value };

/** Whether the test holds; `!` and `not ` before its name turn it round. */
function holds(env: Environment, entry: Value, { test, value }: Query): boolean {
  const name = /^!+=$/.test(test) ? '==' : test.replace(/^!+/, '');
  const isNot = test.startsWith('not ');
  const plain = isNot ? test.replace(/^[not ]+/, '') : name;
  const right = plain === 'in' && !Array.isArray(value) ? [value] : value;
  const fail = (message: string): Error =>
    indexError(
      `Error encountered when testing value '${str(entry)}' (type=${jsonType(entry)}) against '${str(value)}' ` +
        `(type=${jsonType(entry)}) with '${test}'.  Error was: ${message}`,
    );
  if (!engineAbove().hasTest(plain)) throw fail(`the test '${plain}' was not found.`);
  const call = { name: plain, args: right === null ? [] : [right], kwargs: new Map() };
  try {
    return isTrue(engineAbove().test(env, call)(entry)) !== (isNot || test.startsWith('!'));
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    throw fail(error.message);
  }
}
