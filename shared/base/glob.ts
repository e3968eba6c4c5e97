/** Shell globs as Python's fnmatch reads them: `*`, `?`, `[abc]`, `[!a-c]`; nothing can be quoted. */

/** A regular expression that matches the same whole names as the glob. */
export function compileGlob(glob: string): RegExp {
  let source = '';
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob[at] ?? '';
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const end = closingBracket(glob, at);
      source += end < 0 ? '\\[' : characterClass(glob.slice(at + 1, end));
      if (end >= 0) at = end;
    } else source += char.replace(/[\\^$.|+(){}\]/-]/, '\\$&');
  }
  return new RegExp(`^${source}$`, 'su');
}

/** Where the class that opens at `open` ends; a `]` in first place belongs to the class. */
function closingBracket(glob: string, open: number): number {
  const first = glob[open + 1] === '!' ? open + 2 : open + 1;
  return glob.indexOf(']', glob[first] === ']' ? first + 1 : first);
}

function characterClass(body: string): string {
  const isNegated = body.startsWith('!');
  const items: string[] = [];
  const chars = [...(isNegated ? body.slice(1) : body)];
  for (let at = 0; at < chars.length; at += 1) {
    const from = chars[at] ?? '';
    const to = chars[at + 2];
    if (chars[at + 1] !== '-' || to === undefined) items.push(escapeInClass(from));
    else {
      // A range that goes backwards is empty.
      if (from <= to) items.push(`${escapeInClass(from)}-${escapeInClass(to)}`);
      at += 2;
    }
  }
  if (items.length === 0) return isNegated ? '.' : '(?!)';
  return `[${isNegated ? '^' : ''}${items.join('')}]`;
}

function escapeInClass(char: string): string {
  return char.replace(/[\\\]^[-]/, '\\$&');
}
