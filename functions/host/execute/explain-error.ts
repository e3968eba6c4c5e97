/** Adds to an error's message where in the playbook it stands, in the form that Ansible's users know. */

import type { Position } from '../../../shared/base/diagnostic.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { TemplateError } from '../../../shared/template/template-error.ts';
import type { PlayContext } from './play-context.ts';

/** The message of an error while rendering a task's conditions, keywords or arguments. */
export function explainRenderError(error: TemplateError, task: Task, context: PlayContext): string {
  if (/^The (conditional check|field) '|could not be converted to an int\./.test(error.message))
    return error.message + whereabouts(task.position, context);
  if (error.kind !== 'undefined') return error.message;
  const message = `The task includes an option with an undefined variable. The error was: ${error.message}`;
  return message + whereabouts(task.position, context);
}

/**
 * The place in the file with the lines around it and, where it is likely, the hint about missing quotes. Of a vaulted
 * file the lines are those on the disk: what it holds is not for logs.
 */
export function whereabouts(position: Position, context: PlayContext): string {
  const { disk } = context.local;
  if (disk.stat(position.file, true)?.kind !== 'file') return headline(position);
  const lines = Buffer.concat([...disk.pieces(position.file)])
    .toString()
    .split('\n');
  const target = lines[position.line - 1] ?? '';
  const before = position.line > 1 ? (lines[position.line - 2] ?? '') : '';
  const shorthand = /\w\s*=\s*[\w/-]/.test(before) ? before.indexOf('=') : -1;
  if (shorthand >= 0) {
    const place = { ...position, line: position.line - 1, column: shorthand + 1 };
    const caret = `${' '.repeat(shorthand)}^ here`;
    const lead = `${headline(place)}\nThe offending line appears to be:\n\n${before.trimEnd()}\n${caret}\n\n`;
    return `${lead}${SHORTHAND_HINT}${quotesHint(target)}`;
  }
  const head = headline(position);
  const caret = `${' '.repeat(Math.max(position.column - 1, 0))}^ here`;
  return `${head}\nThe offending line appears to be:\n\n${before.trimEnd()}\n${target.trimEnd()}\n${caret}\n${quotesHint(target)}`;
}

function headline({ file, line, column }: Position): string {
  return (
    `\n\nThe error appears to be in '${file}': line ${line}, column ${column}, but may\n` +
    'be elsewhere in the file depending on the exact syntax problem.\n'
  );
}

/** Said of the line before the task, when that one looks like `key=value`. */
const SHORTHAND_HINT =
  "There appears to be both 'k=v' shorthand syntax and YAML in this task. Only one syntax may be used.\n";

function quotesHint(line: string): string {
  const dense = line.replaceAll(' ', '');
  if (!dense.includes('{{') || !dense.includes('}}')) return '';
  if (dense.includes('"{{') && dense.includes("'{{")) return '';
  return (
    'We could be wrong, but this one looks like it might be an issue with\n' +
    'missing quotes. Always quote template expression brackets when they\n' +
    'start a value. For instance:\n\n    with_items:\n      - {{ foo }}\n\n' +
    'Should be written as:\n\n    with_items:\n      - "{{ foo }}"\n'
  );
}
