/** The options that a template file sets in its first line: `#jinja2: trim_blocks: False, lstrip_blocks: True`. */

import type { Value } from '../base/value.ts';
import { pythonError } from './python/error.ts';
import { literalEval } from './python/literal-eval.ts';
import { str } from './python/repr.ts';
import { isTrue } from './python/values.ts';
import type { SyntaxOptions } from './syntax/syntax-options.ts';

/** Overrides that the template module and `#jinja2:` headers may set. */
export type FileTemplateOptions = {
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly keepTrailingNewline?: boolean;
  readonly newlineSequence?: string;
  readonly lineStatementPrefix?: string;
  readonly lineCommentPrefix?: string;
};

const HEADER = '#jinja2:';

type Mutable<Type> = { -readonly [key in keyof Type]: Type[key] };

const SETTERS: ReadonlyMap<string, (options: Mutable<FileTemplateOptions>, value: Value) => void> = new Map<
  string,
  (options: Mutable<FileTemplateOptions>, value: Value) => void
>([
  [
    'block_start_string',
    (options, value) => {
      options.blockStart = str(value);
    },
  ],
  [
    'block_end_string',
    (options, value) => {
      options.blockEnd = str(value);
    },
  ],
  [
    'variable_start_string',
    (options, value) => {
      options.variableStart = str(value);
    },
  ],
  [
    'variable_end_string',
    (options, value) => {
      options.variableEnd = str(value);
    },
  ],
  [
    'comment_start_string',
    (options, value) => {
      options.commentStart = str(value);
    },
  ],
  [
    'comment_end_string',
    (options, value) => {
      options.commentEnd = str(value);
    },
  ],
  [
    'trim_blocks',
    (options, value) => {
      options.trimBlocks = isTrue(value);
    },
  ],
  [
    'lstrip_blocks',
    (options, value) => {
      options.lstripBlocks = isTrue(value);
    },
  ],
  [
    'keep_trailing_newline',
    (options, value) => {
      options.keepTrailingNewline = isTrue(value);
    },
  ],
  [
    'newline_sequence',
    (options, value) => {
      options.newlineSequence = str(value);
    },
  ],
  [
    'line_statement_prefix',
    (options, value) => {
      options.lineStatementPrefix = str(value);
    },
  ],
  [
    'line_comment_prefix',
    (options, value) => {
      options.lineCommentPrefix = str(value);
    },
  ],
]);

/** The options of a header line and the text below it, or undefined when there is no such line. */
export function readFileHeader(
  source: string,
): { readonly options: FileTemplateOptions; readonly body: string } | undefined {
  if (!source.startsWith(HEADER)) return undefined;
  const lineEnd = source.indexOf('\n');
  const line = source.slice(HEADER.length, lineEnd < 0 ? -1 : lineEnd);
  const options: Mutable<FileTemplateOptions> = {};
  for (const pair of line.split(',')) setOption(options, pair);
  return { options, body: source.slice(lineEnd + 1) };
}

function setOption(options: Mutable<FileTemplateOptions>, pair: string): void {
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
  SETTERS.get(pair.slice(0, colon).trim())?.(options, value);
}

/** The syntax with the overrides put over it. */
export function syntaxOf(options: FileTemplateOptions, base: SyntaxOptions): SyntaxOptions {
  return { ...base, ...options };
}
