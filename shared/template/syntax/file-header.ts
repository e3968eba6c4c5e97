/** The options that a template file sets in its first line: `#jinja2: trim_blocks: False, lstrip_blocks: True`. */

import { pythonError } from '../python/error.ts';
import { literalEval } from '../python/literal-eval.ts';
import { str } from '../python/repr.ts';
import { isTrue } from '../python/values.ts';
import type { FileTemplateOptions } from './syntax-options.ts';

const HEADER = '#jinja2:';

const TEXTS = new Map([
  ['block_start_string', 'blockStart'],
  ['block_end_string', 'blockEnd'],
  ['variable_start_string', 'variableStart'],
  ['variable_end_string', 'variableEnd'],
  ['comment_start_string', 'commentStart'],
  ['comment_end_string', 'commentEnd'],
  ['newline_sequence', 'newlineSequence'],
  ['line_statement_prefix', 'lineStatementPrefix'],
  ['line_comment_prefix', 'lineCommentPrefix'],
] as const);

const FLAGS = new Map([
  ['trim_blocks', 'trimBlocks'],
  ['lstrip_blocks', 'lstripBlocks'],
  ['keep_trailing_newline', 'keepTrailingNewline'],
] as const);

/**
 * The options of a header line and the text below it, or undefined when there is no such line. Options that nobody knows
 * are passed over; raises AnsibleError and ValueError for what is no option.
 */
export function readFileHeader(
  source: string,
): { readonly options: FileTemplateOptions; readonly body: string } | undefined {
  if (!source.startsWith(HEADER)) return undefined;
  const lineEnd = source.indexOf('\n');
  const line = source.slice(HEADER.length, lineEnd < 0 ? -1 : lineEnd);
  const options: FileTemplateOptions = Object.assign({}, ...line.split(',').map(readOption));
  return { options, body: source.slice(lineEnd + 1) };
}

function readOption(pair: string): FileTemplateOptions {
  const colon = pair.indexOf(':');
  if (colon < 0) {
    throw pythonError(
      'AnsibleError',
      `failed to parse jinja2 override '${pair.trim()}'. Did you use something different from colon as key-value separator?`,
    );
  }
  const text = pair.slice(colon + 1).trim();
  const value = literalEval(text, false);
  if (value === undefined) throw pythonError('ValueError', `malformed node or string: ${text}`);
  const name = pair.slice(0, colon).trim();
  for (const [option, key] of TEXTS) if (option === name) return { [key]: str(value) };
  for (const [option, key] of FLAGS) if (option === name) return { [key]: isTrue(value) };
  return {};
}
