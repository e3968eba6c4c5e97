/** Takes comments and docstrings out of Python source and keeps every line where it is. */

import { pythonTokens } from '../shared/modules/python-source.ts';

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Returns the source without comments, docstrings and blanks at line ends. A docstring becomes `0`, because it may
 * be the only statement of its block; four blanks of indentation become one.
 */
export function stripPython(source: string): string {
  const tokens = pythonTokens(source);
  let depth = 0;
  let atLineStart = true;
  let stripped = '';
  for (const [index, token] of tokens.entries()) {
    const endsLine = (tokens[index + 1] ?? '\n') === '\n';
    const isBlank = token.startsWith(' ');
    if (OPENING.includes(token)) depth += 1;
    if (CLOSING.includes(token)) depth -= 1;
    if (isBlank && endsLine) continue;
    if (isBlank && atLineStart) stripped += ' '.repeat(Math.ceil(token.length / 4));
    else if (atLineStart && endsLine && depth === 0 && /^["']/.test(token)) stripped += emptied(token);
    else stripped += token;
    if (!isBlank) atLineStart = token === '\n';
  }
  return stripped.replace(/\n+$/, '\n');
}

/** A statement without effect that is as many lines long as the docstring. */
function emptied(docstring: string): string {
  return `0${'\n'.repeat(docstring.split('\n').length - 1)}`;
}
