/** A task's keywords, inherited along its parents and rendered for one host. */

import { type Dict, PyFloat, type Value } from '../../../shared/base/value.ts';
import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Keywords, Parent, Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { repr, str } from '../../../shared/template/python/repr.ts';
import { asText, typeName } from '../../../shared/template/python/values.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import type { RunSettings } from './play-context.ts';

export type TaskKeywords = {
  readonly isCheckMode: boolean;
  readonly isDiff: boolean;
  readonly noLog: boolean;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  readonly anyErrorsFatal: boolean;
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  readonly becomeMethod: string | undefined;
  readonly becomeExe: string | undefined;
  readonly becomeFlags: string | undefined;
  readonly connection: string | undefined;
  readonly remoteUser: string | undefined;
  readonly port: number | undefined;
  readonly delegateTo: string | undefined;
  readonly delegateFacts: boolean;
  /** Seconds; 0 is no limit. */
  readonly timeout: number;
  /** `async`, in seconds; 0 waits for the task as usual. */
  readonly asyncSeconds: number;
  /** `poll`, in seconds; 0 leaves the job to itself. */
  readonly pollSeconds: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
};

/** Renders the keywords of a task. Throws TemplateError or Suspension as rendering does. */
export function renderKeywords(task: Task, settings: RunSettings, env: Environment): TaskKeywords {
  const keywords = keywordsFrom(
    settings,
    (name) => inherited(task, name, env),
    () => renderTaskEnvironment(task, env),
  );
  const own = (name: string, raw: Value | undefined): number | undefined =>
    intOf(name, raw, raw === undefined ? undefined : renderedKeyword(name, raw, env));
  own('retries', task.retries);
  own('delay', task.delay);
  for (const name of ['port', 'timeout'] as const)
    intOf(name, everyKeyword(task, name).at(-1), inherited(task, name, env));
  return {
    ...keywords,
    asyncSeconds: own('async_val', task.async) ?? 0,
    pollSeconds: own('poll', task.poll),
  };
}

/** The keywords of a task that does not run, for what the play makes of it: wrong ones count as unset. */
export function renderableKeywords(task: Task, settings: RunSettings, env: Environment): TaskKeywords {
  const attempt = <T>(render: () => T): T | undefined => {
    try {
      return render();
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  };
  const isUsable = (name: keyof Keywords, value: Value | undefined): boolean =>
    !FLAGS.has(name) || attempt(() => flagOf(name, value) ?? false) !== undefined;
  const read = (name: keyof Keywords): Value | undefined => {
    const value = attempt(() => inherited(task, name, env));
    return isUsable(name, value) ? value : undefined;
  };
  return { ...keywordsFrom(settings, read, () => ({})), asyncSeconds: 0, pollSeconds: undefined };
}

const FLAGS: ReadonlySet<keyof Keywords> = new Set<keyof Keywords>([
  'anyErrorsFatal',
  'become',
  'checkMode',
  'delegateFacts',
  'diff',
  'ignoreErrors',
  'ignoreUnreachable',
  'noLog',
]);

function keywordsFrom(
  settings: RunSettings,
  read: (name: keyof Keywords) => Value | undefined,
  environment: () => Record<string, string>,
): Omit<TaskKeywords, 'asyncSeconds' | 'pollSeconds'> {
  const text = (name: keyof Keywords): string | undefined => textOf(read(name));
  const flag = (name: keyof Keywords, otherwise: boolean): boolean => flagOf(name, read(name)) ?? otherwise;
  return {
    isCheckMode: flag('checkMode', settings.isCheckMode),
    isDiff: flag('diff', settings.isDiff),
    noLog: flag('noLog', settings.noLog),
    ignoreErrors: flag('ignoreErrors', false),
    ignoreUnreachable: flag('ignoreUnreachable', false),
    anyErrorsFatal: flag('anyErrorsFatal', false),
    become: flag('become', settings.become),
    becomeUser: text('becomeUser') ?? settings.becomeUser,
    becomeMethod: text('becomeMethod') ?? settings.becomeMethod,
    becomeExe: text('becomeExe'),
    becomeFlags: text('becomeFlags'),
    connection: text('connection') ?? settings.connection,
    remoteUser: text('remoteUser') ?? settings.remoteUser,
    port: numberOf(read('port')),
    delegateTo: text('delegateTo'),
    delegateFacts: flag('delegateFacts', false),
    timeout: numberOf(read('timeout')) ?? 0,
    environment: environment(),
  };
}

/** A boolean keyword of a task or block by itself; false when nobody sets it. */
export function renderFlag(node: Parent, name: keyof Keywords, env: Environment): boolean {
  return renderKeywordFlag(node, name, env) ?? false;
}

/** As {@link renderFlag}; undefined when nobody sets it. */
export function renderKeywordFlag(node: Parent, name: keyof Keywords, env: Environment): boolean | undefined {
  return flagOf(name, inherited(node, name, env));
}

/** A text keyword of a task or block by itself; undefined when nobody sets it. */
export function renderKeywordText(node: Parent, name: keyof Keywords, env: Environment): string | undefined {
  return textOf(inherited(node, name, env));
}

/** `environment:` of all levels, the innermost winning. */
function renderTaskEnvironment(task: Task, env: Environment): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const level of everyKeyword(task, 'environment')) {
    if (level === null) continue;
    for (const part of [level].flat()) {
      const entry = renderedUnlessFacts(part, task, env);
      if (entry instanceof Map) for (const [name, value] of entry) merged[str(name)] = str(value);
      else env.warn?.(`could not parse environment value, skipping: ${str([level].flat())}`);
    }
  }
  return merged;
}

/** One entry of an `environment`. What names the environment's facts cannot be there while these are gathered. */
function renderedUnlessFacts(part: Value, task: Task, env: Environment): Value | undefined {
  const isGathering = /(^|\.)(setup|gather_facts)$/.test(task.action);
  if (!isGathering || !(part instanceof Map)) return renderedKeyword('environment', part, env);
  const kept: Dict = new Map();
  for (const [name, value] of part) {
    try {
      kept.set(name, renderValue(value, env));
    } catch (error) {
      if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
    }
  }
  return kept;
}

/** The rendered value of the nearest level that does not leave it out with `omit`. */
function inherited(node: Parent, name: keyof Keywords, env: Environment): Value | undefined {
  const levels = everyKeyword(node, name).toReversed();
  for (const level of levels) {
    const value = renderedKeyword(name, asValue(level), env);
    if (value !== undefined && !isOmit(value)) return value;
  }
  return undefined;
}

/** An undefined variable is told with the name of the keyword. */
function renderedKeyword(name: string, value: Value, env: Environment): Value | undefined {
  try {
    return rendered(value, env);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
    throw new TemplateError(
      'undefined',
      'AnsibleParserError',
      `The field '${snakeCase(name)}' has an invalid value, which includes an undefined variable. The error was: ${error.message}`,
    );
  }
}

function asValue(level: Value | readonly Value[]): Value {
  return isList(level) ? [...level] : level;
}

function isList(level: Value | readonly Value[]): level is readonly Value[] {
  return Array.isArray(level);
}

function rendered(value: Value | undefined, env: Environment): Value | undefined {
  return value === undefined ? undefined : renderValue(value, env);
}

function textOf(value: Value | undefined): string | undefined {
  return value === undefined || value === null || value === ''
    ? undefined
    : isOmit(value)
      ? undefined
      : str(value);
}

function isOmit(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'special' in value && value.special === 'omit';
}

function numberOf(value: Value | undefined): number | undefined {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A number as a keyword asks for it; what Python makes no int of is told as it is written. */
function intOf(name: string, raw: Value | undefined, value: Value | undefined): number | undefined {
  if (value === undefined || value === null || isOmit(value)) return undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  if (value instanceof PyFloat) return Math.trunc(value.value);
  const text = asText(value);
  if (text !== undefined && /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(text)) return Number(text.replaceAll('_', ''));
  const cause =
    text === undefined
      ? `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`
      : `invalid literal for int() with base 10: ${repr(text)}`;
  throw new TemplateError(
    'runtime',
    'AnsibleParserError',
    `the field '${name}' has an invalid value (${str(raw ?? null)}), and could not be converted to an int.The error was: ${cause}`,
  );
}

const TRUE_WORDS = new Set(['yes', 'on', '1', 'true', 't', 'y']);
const FALSE_WORDS = new Set(['no', 'off', '0', 'false', 'f', 'n', '']);

/** A boolean keyword by Ansible's lenient rules; undefined when it is not set. */
export function flagOf(name: string, value: Value | undefined): boolean | undefined {
  if (value === undefined || value === null || isOmit(value)) return undefined;
  if (typeof value === 'boolean') return value;
  const word = str(value).toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  if (FALSE_WORDS.has(word)) return false;
  throw new TemplateError(
    'runtime',
    'AnsibleParserError',
    `the field '${snakeCase(name)}' has an invalid value (${str(value)}), and could not be converted to an bool.The error was: The value '${str(value)}' is not a valid boolean.  Valid booleans include: 0, 1, 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
  );
}

/** `ignoreErrors` → `ignore_errors`: a keyword's name as playbooks write it. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Merges `module_defaults` of all levels that name the action, the innermost winning. */
export function moduleDefaults(task: Task, names: ReadonlySet<string>, env: Environment): Dict {
  const merged: Dict = new Map();
  for (const level of everyKeyword(task, 'moduleDefaults')) {
    for (const entry of [rendered(level, env)].flat()) {
      if (!(entry instanceof Map)) continue;
      for (const [name, defaults] of entry)
        if (typeof name === 'string' && names.has(name) && defaults instanceof Map)
          for (const [argument, value] of defaults) merged.set(argument, value);
    }
  }
  return merged;
}
