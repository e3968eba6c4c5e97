/** `template`: renders a file of this machine and puts the text on the target. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { fullClassName } from '../../../shared/template/python/class-name.ts';
import { decodeText, encodeText } from '../../../shared/template/python/codec.ts';
import { baseName } from '../../../shared/template/python/posix-path.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { renderFile } from '../../../shared/template/render.ts';
import type { FileTemplateOptions } from '../../../shared/template/syntax/syntax-options.ts';
import { Suspension, TemplateError } from '../../../shared/template/template-error.ts';
import { type ActionCall, ActionFailure, type RemoteAction, THROWN, UNCAUGHT } from './action.ts';
import { actionFail, caughtFail } from './action-fail.ts';
import { booleanArgument, textArgument } from './arguments.ts';
import { findSource, missingFile } from './find-source.ts';
import { fileOf, type LocalFile, readOpened } from './local-file.ts';
import { putFile } from './put-file.ts';
import { templateEnvironment } from './template-vars.ts';

type Rendered = { readonly file: LocalFile; readonly path: string };

const renderedCalls = new WeakMap<ActionCall, Rendered | { readonly error: unknown }>();

/** Sends what the template gives. Throws Suspension when it needs values that are not there yet. */
export const runTemplate: RemoteAction = (call, remote) => {
  const { file, path } = renderOnce(call);
  const args: Dict = new Map([...call.args].filter(([name]) => !RENDER_ARGUMENTS.has(name)));
  args.set('src', path);
  if (args.get('mode') === null) args.delete('mode');
  const put = {
    name: baseName(path),
    shown: path,
    dest: textArgument(args, 'dest') ?? '',
    isContent: false,
    file,
  };
  return { reply: putFile({ ...call, args }, remote, put), isWhole: true };
};

/**
 * Renders the template ahead of sending, so that nothing of a loop has been sent when an item has to wait.
 * Throws Suspension; what else goes wrong is told when the action runs.
 */
export function prepareTemplate(call: ActionCall): void {
  try {
    renderOnce(call);
  } catch (error) {
    if (error instanceof Suspension) throw error;
    renderedCalls.set(call, { error });
  }
}

function renderOnce(call: ActionCall): Rendered {
  const known = renderedCalls.get(call) ?? rendered(call);
  if ('error' in known) throw known.error;
  renderedCalls.set(call, known);
  return known;
}

const RENDER_ARGUMENTS = new Set<Value>([
  'newline_sequence',
  'block_start_string',
  'block_end_string',
  'variable_start_string',
  'variable_end_string',
  'comment_start_string',
  'comment_end_string',
  'trim_blocks',
  'lstrip_blocks',
  'output_encoding',
]);

function rendered(call: ActionCall): Rendered {
  const { args, context } = call;
  const options = fileOptions(args);
  const name = textArgument(args, 'src') ?? '';
  const found = findSource(call, 'templates', name);
  if (found.kind === 'missing') throw caughtFail(found.message);
  const { path } = found;
  const stat = context.local.disk.stat(path, true);
  if (stat?.kind !== 'file') throw caughtFail(`could not find src=${path}, ${missingFile(path, [])}`);
  const mode = `0${stat.mode.toString(8).padStart(3, '0')}`;
  const source = decodeText(readOpened(context.local, path));
  const place = { name, path, dest: textArgument(args, 'dest') ?? '' };
  const env = templateEnvironment(call, place);
  const text = told(
    () => renderFile(source, { name: path, options }, env),
    (error) => caughtFail(`${error.pythonType}: ${error.message}`, lastLine(error)),
  );
  const bytes = told(() => encodeText(text, textArgument(args, 'output_encoding') || 'utf-8'), unencoded);
  return { file: fileOf(bytes, mode), path };
}

function told<T>(work: () => T, failure: (error: TemplateError) => ActionFailure): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw failure(error);
  }
}

function lastLine({ message, pythonType }: TemplateError): string {
  return `${fullClassName(pythonType)}: ${message}`;
}

/** The failure of text that does not fit its encoding, which Ansible does not expect. */
function unencoded(error: TemplateError): ActionFailure {
  return new ActionFailure(`Unexpected failure during module execution: ${error.message}`, [
    [THROWN, UNCAUGHT],
    ['exception', lastLine(error)],
    ['stdout', ''],
  ]);
}

const NEWLINES: ReadonlyMap<string, string> = new Map([
  ['\\n', '\n'],
  ['\\r', '\r'],
  ['\\r\\n', '\r\n'],
]);

function fileOptions(args: Dict): FileTemplateOptions {
  const newline = textArgument(args, 'newline_sequence') ?? '\n';
  const newlineSequence = NEWLINES.get(newline) ?? newline;
  if ((args.get('state') ?? null) !== null) throw actionFail("'state' cannot be specified on a template");
  if (textArgument(args, 'src') === undefined || textArgument(args, 'dest') === undefined)
    throw actionFail('src and dest are required');
  if (!['\n', '\r', '\r\n'].includes(newlineSequence))
    throw actionFail('newline_sequence needs to be one of: \n, \r or \r\n');
  return {
    newlineSequence,
    trimBlocks: booleanArgument(args, 'trim_blocks', true),
    lstripBlocks: booleanArgument(args, 'lstrip_blocks', false),
    ...markers(args),
  };
}

const MARKERS = [
  ['block_start_string', 'blockStart'],
  ['block_end_string', 'blockEnd'],
  ['variable_start_string', 'variableStart'],
  ['variable_end_string', 'variableEnd'],
  ['comment_start_string', 'commentStart'],
  ['comment_end_string', 'commentEnd'],
] as const;

function markers(args: Dict): FileTemplateOptions {
  const given = MARKERS.flatMap(([argument, option]) => {
    const value = args.get(argument);
    return value === undefined || value === null ? [] : [[option, str(value)]];
  });
  return Object.fromEntries(given);
}
