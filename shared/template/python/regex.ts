/** Python's `re` patterns on JavaScript's engine: translation, matching, substitution, and `re.error` in Python's words. */

import { limits } from '../../base/limits.ts';
import { countItems } from '../budget.ts';
import { TemplateError } from '../template-error.ts';
import { withinDeadline } from './deadline.ts';
import { regexDegree } from './regex-cost.ts';
import { type PatternFlags, regexError, translatePattern } from './regex-translate.ts';

/** A compiled pattern. `regex` is global and by code points; group numbers are Python's. */
export type Pattern = {
  readonly regex: RegExp;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
  /** Whether it can prefer an empty match where a longer one exists. */
  readonly prefersEmpty: boolean;
  /** Whether it has a lookbehind of its own. */
  readonly hasLookbehind: boolean;
  /** The power of the text's length with which the time of a match can grow. */
  readonly degree: number;
};

/** One match: the whole text first, then each group, undefined where a group took no part. */
export type Match = {
  readonly groups: readonly (string | undefined)[];
  readonly start: number;
  readonly end: number;
};

const PREFERS_EMPTY = /[*+?}]\?|\|/;

const PATTERNS_KEPT = 500;
const compiled: readonly Map<string, Pattern>[] = [new Map(), new Map(), new Map(), new Map()];

/** Compiles `pattern`; raises Python's `re.error` when it is malformed or uses what JavaScript cannot do. */
export function compilePattern(pattern: string, flags: PatternFlags = {}): Pattern {
  const kept = compiled[(flags.ignoreCase === true ? 1 : 0) + (flags.multiline === true ? 2 : 0)];
  const known = kept?.get(pattern);
  if (known !== undefined) return known;
  const translated = translatePattern(pattern, flags);
  const prefersEmpty = PREFERS_EMPTY.test(translated.source);
  const made: Pattern = {
    ...translated,
    regex: toRegExp(translated.source, translated.ignoreCase),
    prefersEmpty,
    // Such a pattern looks at all of the text before each place where it matches nothing.
    degree: regexDegree(translated.source) + (prefersEmpty && translated.hasLookbehind ? 1 : 0),
  };
  if (kept !== undefined && kept.size >= PATTERNS_KEPT) kept.clear();
  kept?.set(pattern, made);
  return made;
}

function toRegExp(source: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(source, ignoreCase ? 'gvi' : 'gv');
  } catch (error) {
    throw regexError(error instanceof Error ? error.message : String(error));
  }
}

/** `re.search`: the first match at or after `from`. */
export function searchPattern(pattern: Pattern, text: string, from = 0): Match | undefined {
  return bounded(pattern, text, () => searchFrom(pattern, text, from));
}

/** Each place of a text takes longer where a pattern is longer than this. */
const PATTERN_CHARACTERS_FREE = 1_000;

/** Does the work of matching under a deadline where it could take long. */
function bounded<Result>(pattern: Pattern, text: string, work: () => Result): Result {
  try {
    const most = pattern.degree === 1 ? text.length : text.length ** pattern.degree;
    const long = Math.max(1, pattern.regex.source.length / PATTERN_CHARACTERS_FREE);
    return most * long <= limits.templateRegexFreeWork ? work() : withinDeadline(work);
  } catch (error) {
    // Too large for JavaScript's engine, which it tells when the pattern is used first.
    if (error instanceof SyntaxError) throw regexError(error.message);
    throw error;
  }
}

function searchFrom(pattern: Pattern, text: string, from: number): Match | undefined {
  const { regex } = pattern;
  regex.lastIndex = from;
  let found = regex.exec(text);
  // JavaScript's engine finds what only looks back inside of a character, too.
  while (found !== null && isWithinCharacter(text, found.index)) {
    regex.lastIndex = found.index + 1;
    found = regex.exec(text);
  }
  if (found === null) return undefined;
  return { groups: found, start: found.index, end: found.index + found[0].length };
}

/** Whether the place is between the halves of a character that takes two units. */
function isWithinCharacter(text: string, index: number): boolean {
  return index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

/** `re.match`: a match at the start of `text`. */
export function matchPattern(pattern: Pattern, text: string): Match | undefined {
  const sticky = new RegExp(pattern.regex.source, pattern.regex.flags.replace('g', 'y'));
  const found = bounded(pattern, text, () => sticky.exec(text));
  return found === null ? undefined : { groups: [...found], start: 0, end: found[0].length };
}

/** `re.fullmatch`: a match of the whole of `text`. */
export function fullMatchPattern(pattern: Pattern, text: string): Match | undefined {
  const whole = new RegExp(`(?:${pattern.regex.source})(?![^])`, pattern.regex.flags.replace('g', 'y'));
  const found = bounded(pattern, text, () => whole.exec(text));
  return found === null ? undefined : { groups: [...found], start: 0, end: found[0].length };
}

/** All matches that do not overlap, as `re.finditer` gives them: after an empty match, a longer one at the same place. */
export function findAll(pattern: Pattern, text: string): Match[] {
  return bounded(pattern, text, () => findEach(pattern, text));
}

function findEach(pattern: Pattern, text: string): Match[] {
  const matches: Match[] = [];
  let from = 0;
  while (from <= text.length) {
    const match = searchFrom(pattern, text, from);
    if (match === undefined) break;
    countItems(match.groups.length);
    matches.push(match);
    const next = match.end > match.start ? undefined : longerMatch(pattern, text, match.start);
    if (next !== undefined) matches.push(next);
    const end = next?.end ?? match.end;
    from = end > match.start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
  }
  return matches;
}

/** A match at `start` that is not empty. */
function longerMatch(pattern: Pattern, text: string, start: number): Match | undefined {
  if (!pattern.prefersEmpty) return undefined;
  const before = pattern.hasLookbehind ? text.slice(0, start) : lastCharacter(text, start);
  const least = [...before].length + 1;
  const source = `(?:${pattern.regex.source})(?<=[^]{${least}})`;
  const regex = new RegExp(source, pattern.regex.flags.replace('g', 'y'));
  regex.lastIndex = before.length;
  const found = regex.exec(text.slice(start - before.length));
  if (found === null) return undefined;
  return { groups: [...found], start, end: start + found[0].length };
}

/** The character that ends at `end`; empty at the start of the text. */
function lastCharacter(text: string, end: number): string {
  return [...text.slice(Math.max(0, end - 2), end)].at(-1) ?? '';
}

const ASTRAL = /[\ud800-\udbff]/;

/** `re.sub` with a replacement text in Python's syntax. */
export function substitute(pattern: Pattern, replacement: string, text: string, count = 0): string {
  const pieces = parseReplacement(replacement, pattern);
  const [only] = pieces;
  const isPlain = !pattern.prefersEmpty && !(pattern.regex.source.includes('(?<') && ASTRAL.test(text));
  if (pieces.length === 1 && typeof only === 'string' && isPlain && count === 0) {
    const literal = only.replaceAll('$', '$$$$');
    return bounded(pattern, text, () => text.replace(pattern.regex, literal));
  }
  const matches = findAll(pattern, text);
  const used = count > 0 ? matches.slice(0, count) : matches;
  let out = '';
  let last = 0;
  for (const match of used) {
    out += text.slice(last, match.start);
    for (const piece of pieces) out += typeof piece === 'string' ? piece : (match.groups[piece] ?? '');
    last = match.end;
  }
  return out + text.slice(last);
}

/** A group's number by its number or name, or undefined when the pattern has no such group. */
export function groupNumber(pattern: Pattern, group: string | number): number | undefined {
  if (typeof group === 'number') return group <= pattern.groupCount && group >= 0 ? group : undefined;
  return pattern.groupNames.get(group);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** Splits a replacement into literal texts and group numbers. */
function parseReplacement(replacement: string, pattern: Pattern): (string | number)[] {
  if (!replacement.includes('\\')) return [replacement];
  const pieces: (string | number)[] = [];
  let index = 0;
  while (index < replacement.length) {
    const next = replacement.indexOf('\\', index);
    if (next < 0) {
      pieces.push(replacement.slice(index));
      break;
    }
    if (next > index) pieces.push(replacement.slice(index, next));
    const { piece, end } = parseEscape(replacement, next, pattern);
    pieces.push(piece);
    index = end;
  }
  return pieces;
}

function parseEscape(text: string, at: number, pattern: Pattern): { piece: string | number; end: number } {
  const char = text[at + 1];
  if (char === undefined) throw regexError(`bad escape (end of pattern) at position ${at}`);
  if (char === 'g') return parseNamedGroup(text, at, pattern);
  const octal = /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/.exec(text.slice(at + 1))?.[0];
  if (octal !== undefined && (char === '0' || octal.length === 3)) {
    return { piece: String.fromCharCode(Number.parseInt(octal, 8)), end: at + 1 + octal.length };
  }
  const digits = /^[1-9]\d?/.exec(text.slice(at + 1))?.[0];
  if (digits !== undefined) {
    return { piece: checkedGroup(Number(digits), pattern, at + 1), end: at + 1 + digits.length };
  }
  const simple = SIMPLE_ESCAPES[char];
  if (simple !== undefined) return { piece: simple, end: at + 2 };
  if (/[a-zA-Z]/.test(char)) throw regexError(`bad escape \\${char} at position ${at}`);
  return { piece: `\\${char}`, end: at + 2 };
}

function parseNamedGroup(text: string, at: number, pattern: Pattern): { piece: number; end: number } {
  if (text[at + 2] !== '<') throw regexError(`missing < at position ${at + 2}`);
  const close = text.indexOf('>', at + 3);
  if (close < 0) throw regexError(`missing >, unterminated name at position ${at + 3}`);
  const name = text.slice(at + 3, close);
  if (name === '') throw regexError(`missing group name at position ${at + 3}`);
  if (/^\d+$/.test(name)) return { piece: checkedGroup(Number(name), pattern, at + 3), end: close + 1 };
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
    throw regexError(`bad character in group name '${name}' at position ${at + 3}`);
  }
  const group = pattern.groupNames.get(name);
  if (group === undefined) throw new TemplateError('runtime', 'IndexError', `unknown group name '${name}'`);
  return { piece: group, end: close + 1 };
}

function checkedGroup(group: number, pattern: Pattern, position: number): number {
  if (group > pattern.groupCount)
    throw regexError(`invalid group reference ${group} at position ${position}`);
  return group;
}

/** `re.escape`. */
export function escapePattern(text: string): string {
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
}
