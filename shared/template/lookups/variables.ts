/** Lookups of variables and settings: env, vars, varnames, config, random_choice. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText, lookupError } from '../filter-error.ts';
import { dictGet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { randomChoice, systemRandom } from '../python/random.ts';
import { compilePattern, searchPattern } from '../python/regex.ts';
import { repr, str } from '../python/repr.ts';
import { LazyDict, Markup, Undefined } from '../python/special.ts';
import { asText, force } from '../python/values.ts';
import { splitWords } from '../python/whitespace.ts';
import { TemplateError } from '../template-error.ts';
import { choiceOption, type LookupOptions, termText } from './options.ts';

/** Variable lookups. */
export const variableLookups: readonly Lookup[] = [
  {
    name: 'env',
    call: (env, terms, options) =>
      terms.map((term) => readEnvironment(env, termText(term, 'split'), options)),
  },
  {
    name: 'vars',
    call: (env, terms, options) => terms.map((term) => readVariable(env, force(term), options)),
  },
  { name: 'varnames', call: (env, terms) => terms.flatMap((term) => namesLike(env, force(term))) },
  {
    name: 'config',
    call: (env, terms, options) => terms.flatMap((term) => readSetting(env, force(term), options)),
  },
  { name: 'random_choice', call: (env, terms) => chooseOne(env, terms) },
];

function readEnvironment(env: Environment, term: string, options: LookupOptions): Value {
  const name = splitWords(term)[0];
  if (name === undefined) throw pythonError('IndexError', 'list index out of range');
  const value = env.local.environment(name) ?? force(options.get('default') ?? '');
  if (value instanceof Undefined) {
    throw new TemplateError(
      'undefined',
      'AnsibleUndefinedVariable',
      `The "env" lookup, found an undefined variable: ${name}`,
    );
  }
  return value;
}

function readVariable(env: Environment, term: Value, options: LookupOptions): Value {
  const name = asText(term);
  if (name === undefined) {
    throw ansibleError(
      `Invalid setting identifier, "${str(term)}" is not a string, its a ${classText(term)}`,
    );
  }
  const fallback = options.get('default');
  try {
    const known = env.scope.resolve(name);
    const value = known === undefined ? ownHostVariable(env, name) : known;
    if (value !== undefined && !(value instanceof Undefined)) return marked(force(value), name, env);
  } catch (error) {
    if (!(error instanceof TemplateError && error.kind === 'undefined') || isUnset(fallback)) throw error;
  }
  if (fallback !== undefined && !isUnset(fallback)) return fallback;
  throw new TemplateError(
    'undefined',
    'AnsibleUndefinedVariable',
    `No variable found with this name: ${name}`,
  );
}

function marked(value: Value, name: string, env: Environment): Value {
  return typeof value === 'string' && engineAbove().isVerbatim(name, env)
    ? new Markup(value, 'verbatim')
    : value;
}

function isUnset(fallback: Value | undefined): boolean {
  return fallback === undefined || fallback === null;
}

/** What hostvars know of the host itself beyond its scope. */
function ownHostVariable(env: Environment, name: string): Value | undefined {
  const hostvars = env.scope.resolve('hostvars');
  const host = env.scope.resolve('inventory_hostname');
  if (hostvars === undefined || host === undefined) return undefined;
  const own = itemOf(hostvars, force(host));
  return own === undefined ? undefined : itemOf(own, name);
}

function itemOf(value: Value, key: Value): Value | undefined {
  const settled = force(value);
  if (settled instanceof LazyDict) return settled.get(key);
  return settled instanceof Map ? dictGet(settled, key) : undefined;
}

function namesLike(env: Environment, term: Value): Value[] {
  const text = asText(term);
  if (text === undefined) {
    throw ansibleError(
      `Invalid setting identifier, "${str(term)}" is not a string, it is a ${classText(term)}`,
    );
  }
  try {
    const pattern = compilePattern(text);
    return [...env.scope.names()].filter((name) => searchPattern(pattern, name) !== undefined);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw ansibleError(`Unable to use "${text}" as a search parameter: ${error.message}`);
  }
}

/** What Ansible keeps beside its settings without being one. */
const FUNCTIONS: ReadonlySet<string> = new Set([
  'ConfigManager',
  'Sequence',
  'add_internal_fqcns',
  'set_constant',
  'to_text',
]);

const PLUGIN_TYPES = [
  'become',
  'cache',
  'callback',
  'cliconf',
  'connection',
  'httpapi',
  'inventory',
  'lookup',
  'netconf',
  'shell',
  'vars',
] as const;

function readSetting(env: Environment, term: Value, options: LookupOptions): Value[] {
  const mode = choiceOption(options, { plugin: 'config', name: 'on_missing' }, ['error', 'skip', 'warn']);
  const kind = force(options.get('plugin_type') ?? null);
  if (kind !== null) choiceOption(options, { plugin: 'config', name: 'plugin_type' }, PLUGIN_TYPES);
  const name = asText(term);
  if (name === undefined) {
    throw pythonError(
      'AnsibleOptionsError',
      `Invalid setting identifier, "${str(term)}" is not a string, its a ${classText(term)}`,
    );
  }
  const value = env.config(settingName(name, options), (variable) => env.scope.resolve(variable));
  if (value !== undefined) return [value];
  if (FUNCTIONS.has(name)) throw lookupError(`Invalid setting "${name}" attempted`);
  if (mode === 'warn') env.warn?.(`Skipping, did not find setting ${name}`);
  if (mode === 'error') throw lookupError(`Unable to find setting ${name}${unknownSetting(name, options)}`);
  return [];
}

/** Where Ansible has looked, which its message says twice. */
function unknownSetting(name: string, options: LookupOptions): string {
  const [type, plugin] = ['plugin_type', 'plugin_name'].map((key) => force(options.get(key) ?? null));
  const reason = isUnset(type)
    ? `module 'ansible.constants' has no attribute '${name}'`
    : `Requested entry (plugin_type: ${str(type ?? null)} plugin: ${str(plugin ?? null)} setting: ${name} ) was not defined in configuration.`;
  return `. ${reason}. ${reason}`;
}

/** Options of plugins are kept under the plugin's kind and name. */
function settingName(name: string, options: LookupOptions): string {
  const [type, plugin] = ['plugin_type', 'plugin_name'].map((key) => force(options.get(key) ?? null));
  if (isUnset(type) && isUnset(plugin)) return name;
  if (isUnset(type) || isUnset(plugin))
    throw pythonError(
      'AnsibleOptionsError',
      'Both plugin_type and plugin_name are required, cannot use one without the other',
    );
  return [str(type ?? null), str(plugin ?? null), name].join('.');
}

function chooseOne(env: Environment, terms: readonly Value[]): Value[] {
  if (terms.length === 0) return [];
  const draw = (): Value => randomChoice(systemRandom(env.randomBytes), terms) ?? null;
  return [env.memory.once(`random_choice ${repr([...terms])}`, draw)];
}
