/** `include_vars`: loads variables from a file, or from the files of a directory. */

import type { Diagnostic } from '../../../shared/base/diagnostic.ts';
import { formatJson } from '../../../shared/base/json.ts';
import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { isVaulted } from '../../../shared/base/vault.ts';
import { combineVars } from '../../../shared/project/variables/combine-vars.ts';
import { loadYaml } from '../../../shared/project/yaml.ts';
import { loadJson } from '../../../shared/template/formats/json.ts';
import { decodeText } from '../../../shared/template/python/codec.ts';
import { directoryName, joinPath, splitExtension } from '../../../shared/template/python/posix-path.ts';
import { compilePattern, searchPattern } from '../../../shared/template/python/regex.ts';
import { repr, reprText, str } from '../../../shared/template/python/repr.ts';
import { typeName } from '../../../shared/template/python/values.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { whereabouts } from '../execute/explain-error.ts';
import { type ActionCall, ActionFailure, uncaughtFail } from './action.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource, missingFile } from './find-source.ts';

const DIRECTORY_ARGUMENTS = [
  'dir',
  'depth',
  'files_matching',
  'ignore_files',
  'extensions',
  'ignore_unknown_extensions',
];
const FILE_ARGUMENTS = ['file', '_raw_params'];
const COMMON_ARGUMENTS = ['name', 'hash_behaviour'];

/** What has been loaded so far. */
type Loaded = { readonly vars: Dict; readonly files: string[]; hasSecrets: boolean };

/** The variables as facts of the result; a file that is not as it should be makes it fail. */
export function includeVars(call: ActionCall): Dict {
  checkMix(call.args);
  // Waits for tasks that may still change the files.
  call.env.local.stat('/', true);
  const loaded: Loaded = { vars: new Map(), files: [], hasSecrets: false };
  const problem = load(call, loaded);
  const name = textArgument(call.args, 'name') ?? '';
  const facts: Dict = name === '' ? loaded.vars : new Map([[name, loaded.vars]]);
  const result = new Map<Value, Value>([
    ['ansible_included_var_files', loaded.files],
    ['ansible_facts', problem === undefined ? combined(call, facts) : facts],
    ['_ansible_no_log', loaded.hasSecrets],
  ]);
  return problem === undefined ? result : result.set('failed', true).set('message', problem);
}

function checkMix(args: Dict): void {
  const names = [...args.keys()].map(str);
  const known = [...DIRECTORY_ARGUMENTS, ...FILE_ARGUMENTS, ...COMMON_ARGUMENTS];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw uncaughtFail(`${unknown} is not a valid option in include_vars`);
  const has = (list: readonly string[]): boolean => names.some((name) => list.includes(name));
  if (has(DIRECTORY_ARGUMENTS) && has(FILE_ARGUMENTS))
    throw uncaughtFail('You are mixing file only and dir only arguments, these are incompatible');
}

/** Loads all there is to load; says what is wrong with it. */
function load(call: ActionCall, loaded: Loaded): string | undefined {
  const { args } = call;
  const directory = textArgument(args, 'dir') ?? '';
  if (directory !== '') return loadDirectory(call, rootOf(call, directory), loaded);
  const file = textArgument(args, 'file') || (textArgument(args, '_raw_params') ?? '').replace(/\n+$/, '');
  if (file === '') return missingFile(undefined, []);
  const found = findSource(call, 'vars', file);
  return found.kind === 'missing' ? found.message : loadFile(call, found.path, loaded);
}

/** With `hash_behaviour` other than the usual, each variable combined with what it is already. */
function combined({ args, env }: ActionCall, facts: Dict): Dict {
  const behaviour = textArgument(args, 'hash_behaviour');
  if (behaviour === undefined || behaviour === env.config('DEFAULT_HASH_BEHAVIOUR')) return facts;
  const merged: Dict = new Map();
  for (const [name, value] of facts) {
    const before = env.scope.resolve(str(name)) ?? null;
    if (!isDict(before) || !isDict(value))
      throw new ActionFailure(
        `failed to combine variables, expected dicts but got a '${typeName(before)}' and a '${typeName(value)}': \n${formatJson(before)}\n${formatJson(value)}`,
      );
    merged.set(name, combineVars(before, value, behaviour === 'merge' ? 'merge' : 'replace'));
  }
  return merged;
}

function rootOf({ task, context }: ActionCall, directory: string): string {
  if (task.role === undefined) return joinPath(directoryName(task.position.file), directory);
  if (directory.split('/')[0] !== 'vars') return joinPath(task.role.directory, 'vars', directory);
  const path = joinPath(task.role.directory, directory);
  return context.local.disk.stat(path, true) === undefined ? directory : path;
}

function loadDirectory(call: ActionCall, root: string, loaded: Loaded): string | undefined {
  const kind = call.context.local.disk.stat(root, true)?.kind;
  if (kind === undefined) return `${root} directory does not exist`;
  if (kind !== 'directory') return `${root} is not a directory`;
  const accepts = nameFilter(call.args);
  const depth = Number(str(call.args.get('depth') ?? 0));
  const directories = directoriesBelow(call, root).sort(byCodePoint);
  for (const directory of depth > 0 ? directories.slice(0, depth) : directories) {
    let problem: string | undefined;
    const here: Loaded = { vars: new Map(), files: loaded.files, hasSecrets: false };
    for (const name of call.context.local.disk.list(directory)) {
      const path = joinPath(directory, name);
      const isFile = call.context.local.disk.stat(path, true)?.kind !== 'directory';
      if (problem !== undefined || !isFile || isOfTheRole(call, directory, name) || !accepts(name)) continue;
      problem = extensionProblem(call.args, path) ?? loadFile(call, path, here);
    }
    loaded.hasSecrets ||= here.hasSecrets;
    if (problem !== undefined) return problem;
    for (const [name, value] of here.vars) loaded.vars.set(name, value);
  }
  return undefined;
}

function directoriesBelow(call: ActionCall, root: string): string[] {
  const { disk } = call.context.local;
  const below = disk
    .list(root)
    .map((name) => joinPath(root, name))
    .filter((path) => disk.stat(path, false)?.kind === 'directory');
  return [root, ...below.flatMap((path) => directoriesBelow(call, path))];
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** The main file of a role's variables is there already. */
function isOfTheRole({ task }: ActionCall, directory: string, name: string): boolean {
  return (
    task.role !== undefined && joinPath(task.role.directory, name) === joinPath(directory, 'vars', 'main.yml')
  );
}

const EXTENSIONS: readonly Value[] = ['yaml', 'yml', 'json'];

function extensionsOf(args: Dict): readonly Value[] {
  const given = args.get('extensions') ?? EXTENSIONS;
  if (typeof given === 'string') return [...given];
  if (!Array.isArray(given))
    throw new ActionFailure('Invalid type for "extensions" option, it must be a list');
  return given;
}

function extensionProblem(args: Dict, path: string): string | undefined {
  const extensions = extensionsOf(args);
  if (extensions.includes(splitExtension(path)[1].slice(1))) return undefined;
  return `${path} does not have a valid extension: ${extensions.map(str).join(', ')}`;
}

/** Which names of a directory are loaded. */
function nameFilter(args: Dict): (name: string) => boolean {
  const matching = textArgument(args, 'files_matching') ?? '';
  const pattern = matching === '' ? undefined : compilePattern(matching);
  const ignored = ignoredPatterns(args);
  const skipsUnknown = booleanArgument(args, 'ignore_unknown_extensions', false);
  return (name) =>
    (pattern === undefined || searchPattern(pattern, name) !== undefined) &&
    !ignored.some((each) => searchPattern(each, name) !== undefined) &&
    (!skipsUnknown || extensionProblem(args, name) === undefined);
}

function ignoredPatterns(args: Dict): readonly ReturnType<typeof compilePattern>[] {
  const given = args.get('ignore_files') ?? [];
  if (isDict(given)) throw new ActionFailure(`${repr(given)} must be a list`);
  const list = Array.isArray(given)
    ? given.map(str)
    : str(given)
        .split(/\s+/)
        .filter((word) => word !== '');
  return list.map((text) => {
    try {
      return compilePattern(`${text}$`);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new ActionFailure(`Invalid regular expression: ${text}`);
    }
  });
}

/** What is wrong with a text that is neither JSON nor YAML. */
function unreadable(text: string, { message, position }: Diagnostic, context: ActionCall['context']): string {
  const where = position === undefined ? '' : whereabouts(position, context);
  return (
    'We were unable to read either as JSON nor YAML, these are the errors we got from each:\n' +
    `JSON: ${jsonProblem(text)}\n\n${message.replace('YAML: ', 'YAML.\n  ')}${where}`
  );
}

function jsonProblem(text: string): string {
  try {
    loadJson(text);
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
  return '';
}

/** What a file holds, or why it stays closed. */
function readVars(env: ActionCall['env'], path: string): Uint8Array | string {
  try {
    return env.local.readFile(path) ?? new Uint8Array();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.message;
  }
}

function loadFile({ context, env }: ActionCall, path: string, loaded: Loaded): string | undefined {
  if (context.local.disk.stat(path, true)?.kind === 'directory') {
    const why = `[Errno 21] Is a directory: b${reprText(path)}`;
    return `an error occurred while trying to read the file '${path}': ${why}. ${why}`;
  }
  const content = readVars(env, path);
  if (typeof content === 'string') return content;
  for (const piece of context.local.disk.pieces(path)) {
    if (isVaulted(piece)) loaded.hasSecrets = true;
    break;
  }
  const text = decodeText(content);
  const { value, diagnostics } = loadYaml(text, path);
  const wrong = diagnostics.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) return unreadable(text, wrong, context);
  const isEmpty = value === null || value === '' || value === false || value === 0;
  if (!isDict(value) && !isEmpty && !(Array.isArray(value) && value.length === 0))
    return `${path} must be stored as a dictionary/hash`;
  loaded.files.push(path);
  if (isDict(value)) for (const [name, each] of value) loaded.vars.set(name, each);
  return undefined;
}
