/** Makes groups and variables out of the variables of hosts that earlier sources gave: the `constructed` plugin. */

import { type Dict, isDict, type Value } from '../../base/value.ts';
import { str } from '../../template/python/repr.ts';
import { Template } from '../../template/python/special.ts';
import { isTrue, typeName } from '../../template/python/values.ts';
import { TemplateError } from '../../template/template-error.ts';
import { type InventoryBuilder, replaceInvalidCharacters } from './inventory-builder.ts';
import type { SourceProblem } from './source-problem.ts';

export type ConstructedDeps = {
  readonly builder: InventoryBuilder;
  /** The raw variables of a host: of its groups, and its own. */
  readonly varsOf: (host: string, withFiles: boolean) => Dict;
  /** Renders a template with raw variables; throws TemplateError. */
  readonly render: (template: string, variables: Dict) => Value;
  readonly extraVars: Dict;
};

/**
 * Applies `compose`, `groups` and `keyed_groups` to every host so far.
 * https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/constructed_inventory.html
 */
export function readConstructedInventory(
  content: Dict,
  path: string,
  deps: ConstructedDeps,
): SourceProblem | undefined {
  const options: Options = {
    deps,
    strict: asFlag(content.get('strict'), false),
    leadingSeparator: asFlag(content.get('leading_separator'), true),
    extraVars: asFlag(content.get('use_extra_vars'), false) ? deps.extraVars : new Map(),
  };
  const withFiles = asFlag(content.get('use_vars_plugins'), false);
  for (const host of deps.builder.hostNames()) {
    const why =
      compose(host, dictOf(content.get('compose')), { ...options, vars: deps.varsOf(host, withFiles) }) ??
      addToGroups(host, dictOf(content.get('groups')), { ...options, vars: deps.varsOf(host, withFiles) }) ??
      addToKeyed(host, content.get('keyed_groups'), { ...options, vars: deps.varsOf(host, withFiles) });
    if (why !== undefined) return { why: `failed to parse ${path}: ${why} . ${why}` };
  }
  return undefined;
}

type Options = {
  readonly deps: ConstructedDeps;
  /** Whether an expression that fails is an error; else it is passed over. */
  readonly strict: boolean;
  readonly leadingSeparator: boolean;
  readonly extraVars: Dict;
};

type Context = Options & { readonly vars: Dict };

function compose(host: string, expressions: Dict, context: Context): string | undefined {
  for (const [name, expression] of expressions) {
    const result = evaluate(`{{${asText(expression)}}}`, context);
    if (result.kind === 'value') context.deps.builder.setVariable(host, name, result.value);
    else if (context.strict) return `Could not set ${asText(name)} for host ${host}: ${result.why}`;
  }
  return undefined;
}

function addToGroups(host: string, conditions: Dict, context: Context): string | undefined {
  for (const [name, condition] of conditions) {
    const group = replaceInvalidCharacters(asText(name));
    const test = `{% if ${asText(condition)} %} True {% else %} False {% endif %}`;
    const result = evaluate(test, { ...context, extraVars: new Map() });
    if (result.kind === 'failed') {
      if (context.strict) return `Could not add host ${host} to group ${group}: ${result.why}`;
      continue;
    }
    if (asFlag(result.value, false)) join(host, group, context);
  }
  return undefined;
}

function addToKeyed(host: string, entries: Value | undefined, context: Context): string | undefined {
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries) {
    if (!isDict(entry) || entry.size === 0) {
      return `Invalid keyed group entry, it must be a dictionary: ${str(entry)} `;
    }
    const why = addToOneKeyed(host, entry, context);
    if (why !== undefined) return why;
  }
  return undefined;
}

function addToOneKeyed(host: string, entry: Dict, context: Context): string | undefined {
  const expression = asText(entry.get('key') ?? null);
  const result = evaluate(`{{${expression}}}`, context);
  if (result.kind === 'failed') {
    return context.strict
      ? `Could not generate group for host ${host} from ${expression} entry: ${result.why}`
      : undefined;
  }
  const key = result.value;
  const fallback = entry.get('default_value') ?? null;
  if (fallback !== null && (entry.get('trailing_separator') ?? null) !== null) {
    return 'parameters are mutually exclusive for keyed groups: default_value|trailing_separator';
  }
  if (!isTrue(key) && !(key === '' && fallback !== null)) {
    const isEmptyCollection = Array.isArray(key) || isDict(key);
    return context.strict && !isEmptyCollection
      ? `No key or key resulted empty for ${expression} in host ${host}, invalid entry`
      : undefined;
  }
  const parent = parentGroup(entry, context);
  if (parent.kind === 'failed') {
    return context.strict
      ? `Could not generate parent group ${asText(entry.get('parent_group') ?? null)} for group ${str(key)}: ${parent.why}`
      : undefined;
  }
  const separator = asText(entry.get('separator') ?? '_');
  const names = keyedNames(key, entry, separator);
  if (names === undefined) {
    return `Invalid group name format, expected a string or a list of them or dictionary, got: <class '${typeName(key)}'>`;
  }
  const prefix = asText(entry.get('prefix') ?? '');
  const joint = prefix === '' && !context.leadingSeparator ? '' : separator;
  for (const name of names) {
    const group = join(host, replaceInvalidCharacters(`${prefix}${joint}${name}`), context);
    if (!isTrue(parent.value)) continue;
    const above = context.deps.builder.addGroup(replaceInvalidCharacters(asText(parent.value)));
    const why = context.deps.builder.addChild(above, group);
    if (why !== undefined) return why;
  }
  return undefined;
}

function parentGroup(entry: Dict, context: Context): Evaluated {
  const parent = entry.get('parent_group') ?? null;
  return parent instanceof Template ? evaluate(parent.source, context) : { kind: 'value', value: parent };
}

/** The names that a key gives before prefix and separator, or undefined for a key of another type. */
function keyedNames(key: Value, entry: Dict, separator: string): readonly string[] | undefined {
  const fallback = entry.get('default_value') ?? null;
  const named = (name: Value): string => (name === '' && fallback !== null ? asText(fallback) : asText(name));
  if (typeof key === 'string') return [named(key)];
  if (Array.isArray(key)) return key.map(named);
  if (!isDict(key)) return undefined;
  return [...key].map(([name, value]) => {
    if (value === '' && fallback === null && entry.get('trailing_separator') === false) return asText(name);
    return `${asText(name)}${separator}${named(value)}`;
  });
}

/** Puts the host into the group, which is made when it is new; returns the name in use for it. */
function join(host: string, name: string, { deps }: Context): string {
  const group = deps.builder.addGroup(name);
  deps.builder.addHost(host, group);
  return group;
}

type Evaluated =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'failed'; readonly why: string };

function evaluate(template: string, context: Context): Evaluated {
  const variables =
    context.extraVars.size === 0 ? context.vars : new Map([...context.vars, ...context.extraVars]);
  try {
    return { kind: 'value', value: context.deps.render(template, variables) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { kind: 'failed', why: error.message };
  }
}

function asFlag(value: Value | undefined, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'boolean') return value;
  return ['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(asText(value).toLowerCase().trim());
}

function dictOf(value: Value | undefined): Dict {
  return isDict(value) ? value : new Map();
}

function asText(value: Value): string {
  return value instanceof Template ? value.source : str(value);
}
