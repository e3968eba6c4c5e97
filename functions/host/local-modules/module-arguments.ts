/** Checks and converts a module's arguments, with the error texts that users of Ansible know. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import {
  ArgumentTypeProblem,
  convertArgument,
} from '../../../shared/template/argument-spec/convert-argument.ts';
import { classText } from '../../../shared/template/filter-error.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { type LocalContext, ModuleFailure } from './local-module.ts';
import { expandPath } from './local-path.ts';

/** What one argument may be; without a `type` it is a text. */
export type ArgumentRule = {
  readonly type?: 'bool' | 'dict' | 'int' | 'list' | 'path' | 'raw' | 'str';
  readonly elements?: 'int' | 'str';
  readonly isRequired?: boolean;
  readonly default?: Value;
  readonly choices?: readonly string[];
  readonly aliases?: readonly string[];
  readonly isSecret?: boolean;
};

export type ArgumentRules = Readonly<Record<string, ArgumentRule>>;

export type ModuleArguments = {
  /** The module's name as messages have it. */
  readonly module: string;
  readonly rules: ArgumentRules;
  readonly exclusive?: readonly (readonly string[])[];
};

/** The checked arguments: every rule's name is there, with null for what was not given. */
export class Params {
  readonly all: Dict;

  constructor(all: Dict) {
    this.all = all;
  }

  value(name: string): Value {
    return this.all.get(name) ?? null;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return value === null ? undefined : str(value);
  }

  /** The text of an argument that is required or has a default. */
  givenText(name: string): string {
    return this.text(name) ?? '';
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  number(name: string): number {
    return Number(str(this.value(name) ?? 0));
  }

  list(name: string): readonly Value[] | undefined {
    const value = this.value(name);
    return Array.isArray(value) ? value : undefined;
  }

  with(entries: Iterable<readonly [string, Value]>): Params {
    return new Params(new Map<Value, Value>([...this.all, ...entries]));
  }
}

/** Throws ModuleFailure with the first thing that is wrong. */
export function checkModuleArguments(
  { exclusive = [], module, rules }: ModuleArguments,
  args: Dict,
  context: LocalContext,
): Params {
  const all: Dict = new Map([...args].filter(([name]) => !str(name).startsWith('_ansible_')));
  const named = Object.entries(rules);
  context.noteArguments(
    all,
    named.flatMap(([name, { isSecret }]) => (isSecret === true ? [name] : [])),
  );
  const aliases = takeAliases(named, all, context);
  const unsupported = [...all.keys()].map(str).filter((name) => !(name in rules) && !aliases.has(name));
  const together = exclusive.filter((group) => group.filter((name) => all.has(name)).length > 1);
  const problems =
    together.length === 0
      ? []
      : [`parameters are mutually exclusive: ${together.map((group) => group.join('|')).join(', ')}`];
  setDefaults(named, all, false);
  const missing = named.filter(([name, { isRequired }]) => isRequired === true && !all.has(name));
  if (missing.length > 0)
    problems.push(
      `missing required arguments: ${missing
        .map(([name]) => name)
        .sort()
        .join(', ')}`,
    );
  for (const [name, rule] of named) convert(all, { name, rule, context }, problems);
  for (const [name, rule] of named) checkChoices(all, { name, rule }, problems);
  setDefaults(named, all, true);
  const [first] = problems;
  if (first !== undefined) throw new ModuleFailure(first);
  if (unsupported.length > 0) {
    const shown = module.includes('.') ? module : str(args.get('_ansible_module_name') ?? module);
    throw new ModuleFailure(unsupportedText(shown, { rules, aliases, unsupported }));
  }
  return new Params(all);
}

type Named = readonly (readonly [string, ArgumentRule])[];

function takeAliases(named: Named, all: Dict, context: LocalContext): ReadonlySet<string> {
  const known = new Set<string>();
  for (const [name, { aliases = [] }] of named)
    for (const alias of aliases) {
      known.add(alias);
      const value = all.get(alias);
      if (value === undefined) continue;
      if (all.has(name)) context.warn(`Both option ${name} and its alias ${alias} are set.`);
      all.set(name, value);
    }
  return known;
}

function setDefaults(named: Named, all: Dict, withNull: boolean): void {
  for (const [name, rule] of named)
    if (!all.has(name) && (withNull || rule.default !== undefined)) all.set(name, rule.default ?? null);
}

type Argument = { readonly name: string; readonly rule: ArgumentRule };

function convert(
  all: Dict,
  { context, name, rule }: Argument & { readonly context: LocalContext },
  problems: string[],
): void {
  const value = all.get(name) ?? null;
  if (value === null) return;
  const type = rule.type ?? 'str';
  const tell = (head: string, given: Value, wanted: string, problem: ArgumentTypeProblem): void => {
    problems.push(
      `${head}'${name}' is of type ${classText(given)} and we were unable to convert to ${wanted}: ${problem.message}`,
    );
  };
  const converted = attempt(value, type, (problem) => tell('argument ', value, type, problem));
  if (converted === undefined) return;
  all.set(name, type === 'path' ? expandPath(str(converted), context.environment) : converted);
  const { elements } = rule;
  if (elements === undefined || !Array.isArray(converted)) return;
  const items = converted.flatMap(
    (item) =>
      attempt(item, elements, (problem) => tell('Elements value for option ', item, elements, problem)) ?? [],
  );
  all.set(name, items);
}

function attempt(
  value: Value,
  type: string,
  tell: (problem: ArgumentTypeProblem) => void,
): Value | undefined {
  try {
    return convertArgument(value, type);
  } catch (error) {
    if (!(error instanceof ArgumentTypeProblem)) throw error;
    tell(error);
    return undefined;
  }
}

const TRUE_WORDS = ['y', 'yes', 'on', '1', 'true', 't'];
const FALSE_WORDS = ['n', 'no', 'off', '0', 'false', 'f'];

function checkChoices(all: Dict, { name, rule: { choices } }: Argument, problems: string[]): void {
  const value = all.get(name) ?? null;
  if (choices === undefined || value === null) return;
  const isChoice = (each: Value): boolean => typeof each === 'string' && choices.includes(each);
  const shown = choices.join(', ');
  if (Array.isArray(value)) {
    const wrong = value.filter((item) => !isChoice(item)).map(str);
    if (wrong.length > 0)
      problems.push(
        `value of ${name} must be one or more of: ${shown}. Got no match for: ${wrong.join(', ')}`,
      );
    return;
  }
  const meant = isChoice(value) ? value : choiceOfBoolean(str(value), choices);
  all.set(name, meant);
  if (!isChoice(meant)) problems.push(`value of ${name} must be one of: ${shown}, got: ${str(meant)}`);
}

/** The word that YAML turned into a bool (`yes`, `on`), where only one choice can be meant. */
function choiceOfBoolean(text: string, choices: readonly string[]): string {
  const words = text === 'True' ? TRUE_WORDS : text === 'False' ? FALSE_WORDS : [];
  const [meant, ...more] = choices.filter((choice) => words.includes(choice));
  return meant === undefined || more.length > 0 ? text : meant;
}

type Unsupported = {
  readonly rules: ArgumentRules;
  readonly aliases: ReadonlySet<string>;
  readonly unsupported: readonly string[];
};

function unsupportedText(module: string, { aliases, rules, unsupported }: Unsupported): string {
  const names = (all: Iterable<string>): string => [...all].sort().join(', ');
  const also = aliases.size === 0 ? '' : ` (${names(aliases)})`;
  return `Unsupported parameters for (${module}) module: ${names(unsupported)}. Supported parameters include: ${names(Object.keys(rules))}${also}.`;
}

const SECRET = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER';

/** The arguments as `invocation` may show them. */
export function shownArguments(args: Dict, secret: readonly string[]): Dict {
  return new Map<Value, Value>(
    [...args].map(([name, value]) => [name, secret.includes(str(name)) && value !== null ? SECRET : value]),
  );
}
