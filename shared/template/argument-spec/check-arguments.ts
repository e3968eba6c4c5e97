/** Checks arguments against a spec as Ansible writes them: type, elements, required, default, choices, options. */

import { type Dict, isDict, type Value } from '../../base/value.ts';
import { classText } from '../filter-error.ts';
import { equals } from '../python/comparison.ts';
import { str } from '../python/repr.ts';
import { asText, typeName } from '../python/values.ts';
import { ArgumentTypeProblem, convertArgument, FALSE_WORDS, TRUE_WORDS } from './convert-argument.ts';

/** One argument, as {@link makeSpec} takes it. */
export type ArgumentOption = {
  readonly type: 'bool' | 'dict' | 'int' | 'list' | 'raw' | 'str';
  readonly elements?: 'dict' | 'str';
  readonly required?: true;
  readonly default?: Value;
  readonly choices?: Value[];
  readonly options?: ArgumentOptions;
};

/** Arguments by name. */
export type ArgumentOptions = { readonly [name: string]: ArgumentOption };

/** The spec of a plugin of ours. */
export function makeSpec(options: ArgumentOptions): Dict {
  const made: Dict = new Map();
  for (const [name, { options: inner, ...option }] of Object.entries(options)) {
    const entry: Dict = new Map(Object.entries(option));
    if (inner !== undefined) entry.set('options', makeSpec(inner));
    made.set(name, entry);
  }
  return made;
}

type Unsupported = { readonly name: string; readonly supported: string };

/** What a check adds to, and where in the specs it stands. */
type Check = {
  readonly errors: string[];
  readonly unsupported: Unsupported[];
  /** The options on the way here. */
  readonly around: readonly string[];
};

/** What is wrong with arguments, in Ansible's words; turns them into the types that the specs name, and adds defaults. */
export function checkArguments(spec: Dict, values: Dict): string[] {
  const check: Check = { errors: [], unsupported: [], around: [] };
  checkLevel(spec, values, check);
  const last = check.unsupported.at(-1);
  if (last !== undefined) {
    const names = check.unsupported.map(({ name }) => name).sort();
    check.errors.push(`${names.join(', ')}. Supported parameters include: ${last.supported}.`);
  }
  return check.errors;
}

/** Checks the values of one level, turning them into the types that the specs name. */
function checkLevel(spec: Dict, values: Dict, check: Check): void {
  resolveAliases(spec, values);
  const problem = check.around.length === 0 ? problemInside(spec, values) : undefined;
  if (problem !== undefined) check.errors.push(problem);
  noteUnsupported(spec, values, check);
  setDefaults(spec, values);
  checkRequired(spec, values, check);
  for (const [name, option] of spec) if (isDict(option)) checkType(str(name), option, { values, check });
  for (const [name, option] of spec) if (isDict(option)) checkChoices(str(name), option, { values, check });
  for (const [name, option] of spec) if (isDict(option)) checkOptions(str(name), option, { values, check });
}

/** Ansible looks for what must not be logged before it checks anything, and complains of the first value without options. */
function problemInside(spec: Dict, values: Dict): string | undefined {
  for (const [name, option] of spec) {
    const inner = isDict(option) ? option.get('options') : undefined;
    const given = values.get(name) ?? null;
    if (!isDict(option) || !isDict(inner) || given === null) continue;
    const type = option.get('type');
    if (type !== 'dict' && !(type === 'list' && option.get('elements') === 'dict')) continue;
    for (const part of Array.isArray(given) ? given : [given]) {
      const problem = problemIn(part, { name: str(name), type: str(type), inner });
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

type Inner = { readonly name: string; readonly type: string; readonly inner: Dict };

function problemIn(part: Value, { name, type, inner }: Inner): string | undefined {
  try {
    const entries = asText(part) === undefined ? part : convertArgument(part, 'dict');
    if (isDict(entries)) return problemInside(inner, entries);
    return `Value '${str(part)}' in the sub parameter field '${name}' must by a ${type}, not '${typeName(part)}'`;
  } catch (error) {
    if (error instanceof ArgumentTypeProblem) return error.message;
    throw error;
  }
}

function aliasesOf(option: Value): readonly string[] {
  const aliases = isDict(option) ? option.get('aliases') : undefined;
  return Array.isArray(aliases) ? aliases.map(str) : [];
}

function resolveAliases(spec: Dict, values: Dict): void {
  for (const [name, option] of spec)
    for (const alias of aliasesOf(option)) {
      const value = values.get(alias);
      if (value !== undefined) values.set(name, value);
    }
}

function noteUnsupported(spec: Dict, values: Dict, { unsupported, around }: Check): void {
  const aliases = [...spec.values()].flatMap(aliasesOf);
  const legal = new Set([...spec.keys(), ...aliases]);
  const listed = aliases.length === 0 ? '' : ` (${[...aliases].sort().join(', ')})`;
  const supported = [...spec.keys()].map(str).sort().join(', ') + listed;
  for (const name of values.keys())
    if (!legal.has(name)) unsupported.push({ name: [...around, str(name)].join('.'), supported });
}

function setDefaults(spec: Dict, values: Dict): void {
  for (const [name, option] of spec) {
    const value = isDict(option) ? (option.get('default') ?? null) : null;
    if (value !== null && !values.has(name)) values.set(name, value);
  }
}

function checkRequired(spec: Dict, values: Dict, { errors, around }: Check): void {
  const missing = [...spec].flatMap(([name, option]) =>
    isDict(option) && option.get('required') === true && !values.has(name) ? [str(name)] : [],
  );
  if (missing.length > 0)
    errors.push(`missing required arguments: ${missing.sort().join(', ')}${foundIn(around)}`);
}

function foundIn(around: readonly string[]): string {
  return around.length === 0 ? '' : ` found in ${around.join(' -> ')}`;
}

type Level = { readonly values: Dict; readonly check: Check };

function checkType(name: string, option: Dict, { values, check }: Level): void {
  const value = values.get(name) ?? null;
  if (value === null) return;
  const type = optionText(option, 'type') ?? 'str';
  const place = check.around.length === 0 ? '' : ` found in '${check.around.join(' -> ')}'.`;
  const converted = convert(value, type, `argument '${name}' is of type ${classText(value)}${place}`);
  if (converted.kind === 'problem') {
    check.errors.push(converted.message);
    return;
  }
  const elements = optionText(option, 'elements');
  const isChecked = elements !== undefined && Array.isArray(converted.value);
  values.set(
    name,
    isChecked ? checkElements(name, elements, { list: converted.value, check }) : converted.value,
  );
}

type Converted =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'problem'; readonly message: string };

/** `what` begins the message of what is wrong. */
function convert(value: Value, type: string, what: string): Converted {
  try {
    return { kind: 'value', value: convertArgument(value, type) };
  } catch (error) {
    if (!(error instanceof ArgumentTypeProblem)) throw error;
    return { kind: 'problem', message: `${what} and we were unable to convert to ${type}: ${error.message}` };
  }
}

type Elements = { readonly list: Value; readonly check: Check };

function checkElements(name: string, type: string, { list, check }: Elements): Value {
  if (!Array.isArray(list)) return list;
  const place = check.around.length === 0 ? '' : ` found in '${check.around.join(' -> ')}'`;
  return list.flatMap((element) => {
    const what = `Elements value for option '${name}'${place} is of type ${classText(element)}`;
    const converted = convert(element, type, what);
    if (converted.kind === 'value') return [converted.value];
    check.errors.push(converted.message);
    return [];
  });
}

function checkChoices(name: string, option: Dict, { values, check }: Level): void {
  const choices = option.get('choices') ?? null;
  const value = values.get(name);
  if (choices === null || value === undefined) return;
  const place = foundIn(check.around);
  if (!Array.isArray(choices)) {
    check.errors.push(
      `internal error: choices for argument ${name} are not iterable: ${str(choices)}${place}`,
    );
    return;
  }
  const isChoice = (each: Value): boolean => choices.some((choice) => equals(choice, each));
  const listed = choices.map(str).join(', ');
  if (Array.isArray(value)) {
    const others = value.filter((each) => !isChoice(each));
    if (others.length > 0)
      check.errors.push(
        `value of ${name} must be one or more of: ${listed}. Got no match for: ${others.map(str).join(', ')}${place}`,
      );
    return;
  }
  const meant = isChoice(value) ? value : wordOfBoolean(value, choices);
  if (meant === undefined)
    check.errors.push(`value of ${name} must be one of: ${listed}, got: ${str(value)}${place}`);
  else values.set(name, meant);
}

/** The only choice that YAML may have turned into the boolean. */
function wordOfBoolean(value: Value, choices: readonly Value[]): Value | undefined {
  const no: readonly Value[] = [...FALSE_WORDS, 0, false];
  const yes: readonly Value[] = [...TRUE_WORDS, 1, true];
  const words = value === 'False' ? no : value === 'True' ? yes : [];
  const meant = choices.filter((choice) => words.includes(choice));
  return meant.length === 1 ? meant[0] : undefined;
}

/** Checks the options of a dict, or of each dict in a list. */
function checkOptions(name: string, option: Dict, { values, check }: Level): void {
  const spec = option.get('options') ?? null;
  const type = option.get('type');
  if (!isDict(spec) || !(type === 'dict' || (type === 'list' && option.get('elements') === 'dict'))) return;
  if (option.get('apply_defaults') === true && (values.get(name) ?? null) === null)
    values.set(name, new Map());
  const value = values.get(name) ?? null;
  if (value === null) return;
  const below: Check = { ...check, around: [...check.around, name] };
  const checkElement = (element: Value): Value => {
    if (!isDict(element)) {
      check.errors.push(`value of '${name}' must be of type dict or list of dicts`);
      return element;
    }
    const checked: Dict = new Map(element);
    checkLevel(spec, checked, below);
    return checked;
  };
  values.set(name, Array.isArray(value) ? value.map(checkElement) : checkElement(value));
}

function optionText(option: Dict, name: string): string | undefined {
  return asText(option.get(name) ?? null);
}
