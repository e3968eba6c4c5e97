/** `command` and `shell`: run a program, or a line through a shell. */

import { existsSync, globSync, statSync } from 'node:fs';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { splitShellWords } from '../../../shared/project/inventory/shell-words.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { decodeSurrogateEscape } from '../session/surrogate-escape.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { at, expandPath } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments, type Params } from './module-arguments.ts';
import { osErrorOf, osErrorText, tried } from './os-error.ts';
import { durationText, timeText } from './python-time.ts';
import { runProcess } from './run-process.ts';
import { quoteWord } from './shell-quote.ts';

const RULES: ArgumentRules = {
  _raw_params: {},
  _uses_shell: { type: 'bool', default: false },
  argv: { type: 'list', elements: 'str' },
  chdir: { type: 'path' },
  executable: {},
  creates: { type: 'path' },
  removes: { type: 'path' },
  stdin: {},
  stdin_add_newline: { type: 'bool', default: true },
  strip_empty_ends: { type: 'bool', default: true },
};

/** Gives what the program printed and how it ended. */
export const command: LocalModule = async (args, context) => {
  const params = checkModuleArguments({ module: 'ansible.legacy.command', rules: RULES }, args, context);
  const result = emptyResult();
  const executable = params.text('executable');
  const usesShell = params.flag('_uses_shell');
  if (!usesShell && executable)
    context.warn(
      `As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. Not using '${executable}'.`,
    );
  const line = commandOf(params, result);
  result.set('cmd', typeof line === 'string' ? line : [...line]);
  const directory = startDirectory(params, context, result);
  const there = { ...context, directory };
  if (isDone(params, there, result)) return result;
  result.set('changed', true);
  if (context.isCheck) pretend(params, result);
  else await execute(line, { params, context: there, result });
  if (params.flag('strip_empty_ends'))
    for (const name of ['stdout', 'stderr'])
      result.set(name, str(result.get(name) ?? '').replace(/[\r\n]+$/, ''));
  if (result.get('rc') !== 0) throw failure(result, 'non-zero return code');
  return result;
};

/** The same, with the line for a shell. */
export const shell: LocalModule = (args, context) =>
  command(new Map([...args, ['_uses_shell', true]]), context);

function emptyResult(): Dict {
  return new Map<Value, Value>([
    ['changed', false],
    ['stdout', ''],
    ['stderr', ''],
    ['rc', null],
    ['cmd', null],
    ['start', null],
    ['end', null],
    ['delta', null],
    ['msg', ''],
  ]);
}

function failure(result: Dict, message: string, keys: Iterable<readonly [Value, Value]> = []): ModuleFailure {
  return new ModuleFailure(message, [...result, ...keys]);
}

/** The words to run, or the line when a shell is to read it. */
function commandOf(params: Params, result: Dict): string | readonly string[] {
  const line = params.givenText('_raw_params');
  const argv = params.list('argv')?.map(str) ?? [];
  if (argv.length === 0 && line.trim() === '') throw failure(result, 'no command given', [['rc', 256]]);
  if (line !== '' && argv.length > 0)
    throw failure(result, 'only command or argv can be given, not both', [['rc', 256]]);
  if (line === '') return argv;
  if (params.flag('_uses_shell')) return line;
  const words = splitShellWords(line, { hasComments: false });
  if (words.kind === 'invalid') throw failure(result, words.why);
  return words.words;
}

function startDirectory(params: Params, context: LocalContext, result: Dict): string {
  const path = params.text('chdir');
  if (!path) return context.directory;
  const looked = tried(() => {
    statSync(Buffer.concat([Buffer.from(at(context, path)), Buffer.from('/.')]));
  });
  if ('problem' in looked) {
    const text = `Unable to change directory before execution: ${osErrorText(looked.problem, path)}`;
    throw failure(result, text);
  }
  return path.startsWith('/') ? path : `${context.directory}/${path}`;
}

/** Whether `creates` or `removes` say that there is nothing to do. */
function isDone(params: Params, context: LocalContext, result: Dict): boolean {
  const tense = context.isCheck ? 'Would' : 'Did';
  for (const [name, exists, text] of [
    ['creates', true, 'exists'],
    ['removes', false, 'does not exist'],
  ] as const) {
    const path = params.text(name);
    if (!path || isThere(path, context) !== exists) continue;
    result.set('rc', 0);
    result.set('msg', `${tense} not run command since '${path}' ${text}`);
    result.set('stdout', `skipped, since ${path} ${text}`);
    return true;
  }
  return false;
}

function isThere(path: string, context: LocalContext): boolean {
  if (!/[*?[]/.test(path)) return existsSync(at(context, path));
  return globSync(path, { cwd: context.directory }).length > 0;
}

function pretend(params: Params, result: Dict): void {
  result.set('rc', 0);
  result.set('msg', 'Command would have run if not in check mode');
  if (params.value('creates') !== null || params.value('removes') !== null) return;
  result.set('skipped', true);
  result.set('changed', false);
}

type Execution = { readonly params: Params; readonly context: LocalContext; readonly result: Dict };

async function execute(
  line: string | readonly string[],
  { context, params, result }: Execution,
): Promise<void> {
  const words = wordsOf(line, params, context);
  const { clock, directory } = context;
  const start = clock.now();
  try {
    const { code, stderr, stdout } = await runProcess({ words, directory, stdin: stdinOf(params) }, context);
    const end = clock.now();
    result.set('rc', code);
    result.set('stdout', decodeSurrogateEscape(stdout));
    result.set('stderr', decodeSurrogateEscape(stderr));
    result.set('start', timeText(start));
    result.set('end', timeText(end));
    result.set('delta', durationText(end - start));
  } catch (error) {
    const problem = osErrorOf(error);
    if (problem === undefined) throw error;
    throw new ModuleFailure(osErrorText(problem, words[0] ?? ''), [
      ['rc', problem.number],
      ['stdout', ''],
      ['stderr', ''],
      ['cmd', words.map(quoteWord).join(' ')],
    ]);
  }
}

function wordsOf(line: string | readonly string[], params: Params, context: LocalContext): readonly string[] {
  if (!params.flag('_uses_shell') && typeof line !== 'string')
    return line.map((word) => expandPath(word, context.environment));
  const text = typeof line === 'string' ? line : line.map(quoteWord).join(' ');
  return [params.text('executable') || '/bin/sh', '-c', text];
}

function stdinOf(params: Params): string | undefined {
  const text = params.text('stdin');
  if (!text) return undefined;
  return params.flag('stdin_add_newline') ? `${text}\n` : text;
}
