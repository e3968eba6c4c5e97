/** Reads `.sortieignore`: patterns as in `.gitignore`, of what is not pushed. */

/** Whether a path below the project's root is left out; parts are divided by `/`. */
export type IsIgnored = (path: string, isDirectory: boolean) => boolean;

type Rule = { readonly matches: RegExp; readonly isNegated: boolean; readonly isForDirectories: boolean };

/** The last pattern that matches decides; what lies in a directory that is left out is not asked for. */
export function parseIgnorePatterns(text: string): IsIgnored {
  const rules = text.split(/\r?\n/).flatMap(parseRule);
  return (path, isDirectory) => {
    const last = rules.findLast(
      ({ isForDirectories, matches }) => (isDirectory || !isForDirectories) && matches.test(path),
    );
    return last !== undefined && !last.isNegated;
  };
}

function parseRule(line: string): readonly Rule[] {
  const trimmed = line.replace(/(?<!\\)\s+$/, '');
  if (trimmed === '' || trimmed.startsWith('#')) return [];
  const isNegated = trimmed.startsWith('!');
  const pattern = isNegated ? trimmed.slice(1) : trimmed;
  const isForDirectories = pattern.endsWith('/');
  const body = isForDirectories ? pattern.slice(0, -1) : pattern;
  // A pattern without a slash counts at every depth.
  const anchored = body.includes('/') ? body.replace(/^\//, '') : `**/${body}`;
  const inside = anchored.endsWith('/**');
  const whole = inside ? `${regexOf(anchored.slice(0, -3))}/.*` : regexOf(anchored);
  return [{ matches: new RegExp(`^${whole}$`, 'u'), isNegated, isForDirectories }];
}

const SPECIAL = /\*\*\/|\*|\?|\[!?[^\]/]+\]|\\.|[^*?[\\]+|\[/gu;

function regexOf(pattern: string): string {
  return [...pattern.matchAll(SPECIAL)].map(([part]) => regexPart(part)).join('');
}

function regexPart(part: string): string {
  switch (part) {
    case '**/':
      return '(?:.*/)?';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    default:
      break;
  }
  if (part.length > 2 && part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
  return escaped(part.startsWith('\\') ? part.slice(1) : part);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
