/** Finds the module of a task and its arguments in all the forms in which Ansible lets users write them. */

import type { Position } from '../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import { asTemplate, Template } from '../template/python/special.ts';
import { didYouMean } from './did-you-mean.ts';
import { taskKeys } from './keyword-table.ts';
import { builtinName, type Loading, report, typeName, writtenText } from './loading.ts';
import { parseKv } from './parse-kv.ts';
import { joinArgs, splitArgs } from './split-args.ts';
import type { YamlDict, YamlEntry, YamlNode } from './yaml-node.ts';

/** What a task does: the module as written, its arguments, and where `local_action` sends it. */
export type TaskAction = {
  readonly action: string;
  readonly args: Value;
  /** Where the module is named. */
  readonly position: Position;
  readonly isLocal: boolean;
  /** Named by a key of the task; what `action` and `local_action` name is looked for when the task runs. */
  readonly isKey: boolean;
};

type Reporter = Pick<Loading, 'diagnostics'>;
type Found = { readonly action: string; readonly args: Dict; readonly position: Position };

const FREE_FORM = new Set(['command', 'shell', 'script', 'raw', 'win_command', 'win_shell']);
const WINDOWS_FREE_FORM = new Set(['ansible.windows.win_command', 'ansible.windows.win_shell']);
const RAW_PARAMS = [
  'add_host',
  'command',
  'group_by',
  'import_role',
  'import_tasks',
  'include',
  'include_role',
  'include_tasks',
  'include_vars',
  'meta',
  'raw',
  'script',
  'set_fact',
  'shell',
  'win_command',
  'win_shell',
];

/** The action of the task in `node`, or undefined when it has none that can be told; mistakes are reported. */
export function loadAction(reporter: Reporter, node: YamlDict): TaskAction | undefined {
  const candidates = actionEntries(node);
  const [first, second] = candidates;
  if (first === undefined) {
    report(reporter, {
      code: 'action-missing',
      message: 'no module/action detected in task.',
      position: node.position,
    });
    return undefined;
  }
  const found = first.isOldStyle
    ? oldStyle(reporter, first.entry.node)
    : newStyle(reporter, first.name, first.entry);
  if (second !== undefined) {
    reportConflict(reporter, found?.action ?? first.name, second);
    return undefined;
  }
  if (found === undefined) return undefined;
  const args = finishArgs(reporter, found, node);
  const isLocal = first.name === 'local_action';
  return { action: found.action, args, position: found.position, isLocal, isKey: !first.isOldStyle };
}

type Candidate = { readonly name: string; readonly entry: YamlEntry; readonly isOldStyle: boolean };

function actionEntries(node: YamlDict): readonly Candidate[] {
  const old = ['action', 'local_action'].flatMap((name) => {
    const entry = node.entries.get(name);
    return entry === undefined ? [] : [{ name, entry, isOldStyle: true }];
  });
  const modules = [...node.entries].flatMap(([key, entry]) => {
    const name = String(key);
    return taskKeys.has(name) || name.startsWith('with_') ? [] : [{ name, entry, isOldStyle: false }];
  });
  return [...old, ...modules];
}

function reportConflict(reporter: Reporter, action: string, second: Candidate): void {
  if (second.isOldStyle) {
    const message = 'action and local_action are mutually exclusive';
    report(reporter, { code: 'action-conflict', message, position: second.entry.key });
    return;
  }
  report(reporter, {
    code: 'action-conflict',
    message: `conflicting action statements: ${action}, ${second.name}`,
    position: second.entry.key,
    hint: didYouMean(second.name, taskKeys) ?? didYouMean(action, taskKeys),
  });
}

function newStyle(reporter: Reporter, action: string, entry: YamlEntry): Found | undefined {
  const { node, key: position } = entry;
  if (node.value === null) return { action, args: new Map(), position };
  if (node.kind === 'dict') return { action, args: new Map(node.value), position };
  const args = textArgs(reporter, node, action);
  return args === undefined ? undefined : { action, args, position };
}

/** The arguments of a `key=value` text. */
function textArgs(reporter: Reporter, node: YamlNode, action: string): Dict | undefined {
  const text = node.kind === 'scalar' ? writtenText(node.value) : undefined;
  if (text === undefined) {
    const message = `unexpected parameter type in action: <class '${typeName(node.value)}'>`;
    report(reporter, { code: 'action-args', message, position: node.position });
    return undefined;
  }
  return kvArgs(reporter, { text, node, isFreeForm: isFreeForm(action) });
}

/** Whether the text after `action` is a command line rather than options. */
function isFreeForm(action: string): boolean {
  return FREE_FORM.has(builtinName(action)) || WINDOWS_FREE_FORM.has(action);
}

function kvArgs(
  reporter: Reporter,
  source: { readonly text: string; readonly node: YamlNode; readonly isFreeForm: boolean },
): Dict | undefined {
  const { text, node } = source;
  const options = parseKv(text, source.isFreeForm);
  if (options === undefined) {
    reportUnbalanced(reporter, text, node.position);
    return undefined;
  }
  const isTemplate = node.value instanceof Template || node.kind === 'dict';
  return new Map(
    [...options].map(([key, value]) => [key, isTemplate ? asTemplate(value, node.position) : value]),
  );
}

function reportUnbalanced(reporter: Reporter, text: string, position: Position): void {
  report(reporter, {
    code: 'args-unbalanced',
    message: `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${text}`,
    position,
    hint: 'Quote the whole value, or write the arguments as a dictionary.',
  });
}

function oldStyle(reporter: Reporter, node: YamlNode): Found | undefined {
  const named = node.kind === 'dict' ? node.entries.get('module')?.node : node;
  const text = named === undefined ? undefined : writtenText(named.value);
  if (named === undefined || text === undefined) {
    const message =
      node.kind === 'dict'
        ? 'no module/action detected in task.'
        : `unexpected parameter type in action: <class '${typeName(node.value)}'>`;
    report(reporter, { code: 'action-args', message, position: node.position });
    return undefined;
  }
  const found = actionLine(reporter, text, named);
  if (found === undefined || node.kind !== 'dict') return found;
  const args: Dict = new Map([...node.value].filter(([key]) => key !== 'module'));
  for (const [key, value] of found.args) args.set(key, value);
  return { ...found, args: withNestedArgs(reporter, args, node) };
}

function actionLine(reporter: Reporter, text: string, node: YamlNode): Found | undefined {
  const words = splitArgs(text);
  const action = words?.[0]?.trim();
  if (words === undefined || action === undefined) {
    reportUnbalanced(reporter, text, node.position);
    return undefined;
  }
  const rest = joinWords(words.slice(1));
  const args = kvArgs(reporter, { text: rest, node, isFreeForm: isFreeForm(action) });
  return args === undefined ? undefined : { action, args, position: node.position };
}

function joinWords(words: readonly string[]): string {
  return words.some((word) => word.includes('\n')) ? joinArgs(words) : words.join(' ');
}

/** `action: {module: copy, args: {…}}`: the inner arguments count as written outside. */
function withNestedArgs(reporter: Reporter, args: Dict, node: YamlNode): Dict {
  const nested = args.get('args');
  if (nested === undefined) return args;
  args.delete('args');
  const text = writtenText(nested);
  const more = text === undefined ? nested : kvArgs(reporter, { text, node, isFreeForm: false });
  if (isDict(more)) for (const [key, value] of more) args.set(key, value);
  return args;
}

/** Joins the arguments with those of the `args` keyword, which written ones override. */
function finishArgs(reporter: Reporter, found: Found, node: YamlDict): Value {
  const args = withArgsKeyword(reporter, found.args, node);
  for (const key of args.keys()) {
    if (typeof key !== 'string' || !key.startsWith('_ansible_') || isFreeForm(found.action)) continue;
    const message = `invalid parameter specified for action '${found.action}': '${key}'`;
    report(reporter, { code: 'action-args', message, position: found.position, exitCode: 1 });
  }
  moveCommand(reporter, found, args);
  moveRawParams(reporter, found, args);
  const variable = args.get('_variable_params');
  return variable !== undefined && args.size === 1 ? variable : args;
}

function withArgsKeyword(reporter: Reporter, args: Dict, node: YamlDict): Dict {
  const additional = node.entries.get('args')?.node;
  if (additional === undefined || isNothing(additional.value)) return args;
  if (additional.kind === 'dict') return new Map([...additional.value, ...args]);
  if (additional.value instanceof Template) return new Map([['_variable_params', additional.value], ...args]);
  report(reporter, {
    code: 'action-args',
    message:
      typeof additional.value === 'string'
        ? "Complex args containing variables cannot use bare variables (without Jinja2 delimiters), and must use the full variable style ('{{var_name}}')"
        : 'Complex args must be a dictionary or variable string ("{{var}}").',
    position: additional.position,
  });
  return args;
}

/** What Python takes as false counts as no arguments. */
function isNothing(value: Value): boolean {
  return (
    value === null ||
    value === '' ||
    value === 0 ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** `cmd` of command, shell and script is their free-form text. */
function moveCommand(reporter: Reporter, found: Found, args: Dict): void {
  if (!['command', 'shell', 'script'].includes(builtinName(found.action)) || !args.has('cmd')) return;
  if ((args.get('_raw_params') ?? '') !== '') {
    const message =
      "The 'cmd' argument cannot be used when other raw parameters are specified. Please put everything in one or the other place.";
    report(reporter, { code: 'action-args', message, position: found.position });
    return;
  }
  args.set('_raw_params', args.get('cmd') ?? null);
  args.delete('cmd');
}

function moveRawParams(reporter: Reporter, found: Found, args: Dict): void {
  const raw = args.get('_raw_params') ?? '';
  if (raw === '' || isFreeForm(found.action) || RAW_PARAMS.includes(builtinName(found.action))) return;
  if (raw instanceof Template) {
    args.delete('_raw_params');
    args.set('_variable_params', raw);
    return;
  }
  report(reporter, {
    code: 'action-args',
    message: `this task '${found.action}' has extra params, which is only allowed in the following modules: ${RAW_PARAMS.join(', ')}`,
    position: found.position,
    hint: 'Write options as key=value, or as a dictionary below the module.',
  });
}
