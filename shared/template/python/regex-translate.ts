/** Translates the source of one Python pattern into the source of a JavaScript one in `v` mode. */

import { TemplateError } from '../template-error.ts';
import { SPACE_CLASS } from './whitespace.ts';

/** Flags that Ansible's filters and tests can set beside those inside the pattern. */
export type PatternFlags = { readonly ignoreCase?: boolean; readonly multiline?: boolean };

/** A translated pattern; `source` needs the flag `v`, and `i` when `ignoreCase`. */
export type TranslatedPattern = {
  readonly source: string;
  readonly ignoreCase: boolean;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
  /** Whether it has a lookbehind of its own; what else looks back needs one character. */
  readonly hasLookbehind: boolean;
};

const UNICODE_CLASSES: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: SPACE_CLASS,
};
const ASCII_CLASSES: Readonly<Record<string, string>> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' \\t\\n\\r\\f\\v' };

const CONTROL_ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Translates `pattern`; throws `re.error` in Python's words. */
export function translatePattern(pattern: string, flags: PatternFlags): TranslatedPattern {
  return new Translator(pattern, flags).run();
}

/** A `re.error` of Python. */
export function regexError(message: string): TemplateError {
  return new TemplateError('runtime', 're.error', message);
}

function fail(message: string, position: number): never {
  throw regexError(`${message} at position ${position}`);
}

/** A literal character, safe at any place of a `v`-mode pattern. */
function literal(code: number): string {
  const char = String.fromCodePoint(code);
  return /[a-zA-Z0-9]/.test(char) ? char : `\\u{${code.toString(16)}}`;
}

/** Reads a pattern from left to right; lives as long as one translation. */
class Translator {
  readonly #chars: readonly string[];
  #at = 0;
  #ignoreCase: boolean;
  #multiline: boolean;
  #dotAll = false;
  #verbose = false;
  #ascii = false;
  #groupCount = 0;
  #hasLookbehind = false;
  readonly #groupNames = new Map<string, number>();
  readonly #openGroups: number[] = [];

  constructor(pattern: string, flags: PatternFlags) {
    this.#chars = [...pattern];
    this.#ignoreCase = flags.ignoreCase === true;
    this.#multiline = flags.multiline === true;
  }

  run(): TranslatedPattern {
    this.#readGlobalFlags();
    const source = this.#alternatives();
    if (this.#at < this.#chars.length) fail('unbalanced parenthesis', this.#at);
    return {
      source,
      ignoreCase: this.#ignoreCase,
      groupCount: this.#groupCount,
      groupNames: this.#groupNames,
      hasLookbehind: this.#hasLookbehind,
    };
  }

  #readGlobalFlags(): void {
    for (;;) {
      const found = /^\(\?([aiLmsux]+)\)/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''));
      if (found === null) return;
      for (const flag of found[1] ?? '') this.#setFlag(flag);
      this.#at += found[0].length;
    }
  }

  #setFlag(flag: string): void {
    if (flag === 'i') this.#ignoreCase = true;
    if (flag === 'm') this.#multiline = true;
    if (flag === 's') this.#dotAll = true;
    if (flag === 'x') this.#verbose = true;
    if (flag === 'a') this.#ascii = true;
  }

  #alternatives(): string {
    let out = '';
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== ')') {
      if (this.#chars[this.#at] === '|') {
        this.#at += 1;
        out += '|';
      } else {
        out += this.#piece();
      }
    }
    return out;
  }

  /** One atom and its quantifier. */
  #piece(): string {
    const start = this.#at;
    if (this.#verbose && this.#skipVerbose()) return '';
    if (this.#quantifier(false) !== undefined) fail('nothing to repeat', start);
    const atom = this.#atom();
    const quantifierAt = this.#at;
    const quantifier = this.#quantifier(true);
    if (quantifier === undefined) return atom.source;
    if (atom.kind !== 'atom') fail('nothing to repeat', quantifierAt);
    const again = this.#at;
    if (this.#chars[again] === '+') fail('possessive quantifiers are not supported', again);
    if (this.#quantifier(false) !== undefined) fail('multiple repeat', again);
    return atom.source + quantifier;
  }

  #skipVerbose(): boolean {
    const char = this.#chars[this.#at] ?? '';
    if (/[ \t-\r]/.test(char)) {
      this.#at += 1;
      return true;
    }
    if (char !== '#') return false;
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== '\n') this.#at += 1;
    return true;
  }

  /** The quantifier here, translated; consumed only when `consume`. */
  #quantifier(consume: boolean): string | undefined {
    while (this.#verbose && consume && this.#skipVerbose());
    const char = this.#chars[this.#at];
    let out: string | undefined;
    let length = 1;
    if (char === '*' || char === '+' || char === '?') out = char;
    else if (char === '{') {
      const found = /^\{(\d*)(,?)(\d*)\}/.exec(this.#chars.slice(this.#at, this.#at + 24).join(''));
      if (found === null || found[0] === '{}' || found[0] === '{,}') {
        if (found?.[0] !== '{,}') return undefined;
      }
      const [whole = '', min = '', comma = '', max = ''] = found ?? [];
      if (max !== '' && Number(min) > Number(max)) {
        fail('min repeat greater than max repeat', this.#at + 1);
      }
      length = whole.length;
      out = `{${min === '' ? '0' : min}${comma}${max}}`;
    }
    if (out === undefined || !consume) return out;
    this.#at += length;
    if (this.#chars[this.#at] === '?') {
      this.#at += 1;
      return `${out}?`;
    }
    return out;
  }

  #atom(): { source: string; kind: 'atom' | 'anchor' | 'nothing' } {
    const char = this.#chars[this.#at] ?? '';
    if (char === '(') return this.#group();
    if (char === '[') return { source: this.#set(), kind: 'atom' };
    if (char === '\\') return this.#escape();
    this.#at += 1;
    if (char === '.') return { source: this.#dotAll ? '[^]' : '[^\\n]', kind: 'atom' };
    if (char === '^') return { source: this.#multiline ? '(?<![^\\n])' : '(?<![^])', kind: 'anchor' };
    if (char === '$') return { source: this.#multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))', kind: 'anchor' };
    return { source: literal(char.codePointAt(0) ?? 0), kind: 'atom' };
  }

  #group(): { source: string; kind: 'atom' | 'anchor' | 'nothing' } {
    const open = this.#at;
    this.#at += 1;
    if (this.#chars[this.#at] !== '?') return { source: this.#capture(open, undefined), kind: 'atom' };
    const rest = this.#chars.slice(this.#at, this.#at + 80).join('');
    const named = /^\?P<([^>)]*)>/.exec(rest);
    if (named !== null) return { source: this.#namedCapture(open, named), kind: 'atom' };
    const reference = /^\?P=([^)]*)\)/.exec(rest);
    if (reference !== null) return { source: this.#namedReference(reference), kind: 'atom' };
    if (rest.startsWith('?#')) {
      while (this.#at < this.#chars.length && this.#chars[this.#at] !== ')') this.#at += 1;
      if (this.#at >= this.#chars.length) fail('missing ), unterminated comment', open);
      this.#at += 1;
      return { source: '', kind: 'nothing' };
    }
    const prefix = /^\?(?:[:=!]|<[=!])/.exec(rest)?.[0];
    if (prefix !== undefined) {
      if (prefix.startsWith('?<')) this.#hasLookbehind = true;
      this.#at += prefix.length;
      const group = `(${prefix}${this.#body(open)})`;
      return { source: prefix === '?:' ? group : `(?:${group})`, kind: 'atom' };
    }
    return this.#flagGroup(open, rest);
  }

  #capture(open: number, name: string | undefined): string {
    this.#groupCount += 1;
    const number = this.#groupCount;
    if (name !== undefined) this.#groupNames.set(name, number);
    this.#openGroups.push(number);
    const body = this.#body(open);
    this.#openGroups.pop();
    return `(${body})`;
  }

  #body(open: number): string {
    const saved = { verbose: this.#verbose, dotAll: this.#dotAll, multiline: this.#multiline };
    const body = this.#alternatives();
    if (this.#chars[this.#at] !== ')') fail('missing ), unterminated subpattern', open);
    this.#at += 1;
    this.#verbose = saved.verbose;
    this.#dotAll = saved.dotAll;
    this.#multiline = saved.multiline;
    return body;
  }

  #namedCapture(open: number, named: RegExpExecArray): string {
    const name = named[1] ?? '';
    if (name === '') fail('missing group name', this.#at + 3);
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) fail(`bad character in group name '${name}'`, this.#at + 3);
    const before = this.#groupNames.get(name);
    if (before !== undefined) {
      const text = `redefinition of group name '${name}' as group ${this.#groupCount + 1}; was group ${before}`;
      fail(text, this.#at + 3);
    }
    this.#at += [...named[0]].length;
    return this.#capture(open, name);
  }

  #namedReference(reference: RegExpExecArray): string {
    const name = reference[1] ?? '';
    const number = this.#groupNames.get(name);
    if (number === undefined) fail(`unknown group name '${name}'`, this.#at + 3);
    if (this.#openGroups.includes(number)) fail('cannot refer to an open group', this.#at + 3);
    this.#at += [...reference[0]].length;
    return `(?:\\${number})`;
  }

  /** `(?i:…)` and, as errors, what neither Python nor this translation accepts. */
  #flagGroup(open: number, rest: string): { source: string; kind: 'atom' | 'anchor' | 'nothing' } {
    const scoped = /^\?([aimsux]*)(?:-([imsx]+))?:/.exec(rest);
    if (scoped !== null) return { source: this.#scopedFlags(open, scoped), kind: 'atom' };
    if (/^\?[aiLmsux]+\)/.test(rest)) fail('global flags not at the start of the expression', open);
    if (rest.startsWith('?>')) fail('atomic groups are not supported', open);
    if (rest.startsWith('?(')) fail('conditional groups are not supported', open);
    if (rest === '?') fail('unexpected end of pattern', this.#at + 1);
    const length = rest.startsWith('?P') || rest.startsWith('?<') ? 3 : 2;
    fail(`unknown extension ${rest.slice(0, length)}`, open + 1);
  }

  #scopedFlags(open: number, scoped: RegExpExecArray): string {
    const saved = { verbose: this.#verbose, dotAll: this.#dotAll, multiline: this.#multiline };
    const on = scoped[1] ?? '';
    const off = scoped[2] ?? '';
    this.#at += scoped[0].length;
    for (const flag of on) if (flag !== 'i') this.#setFlag(flag);
    if (off.includes('m')) this.#multiline = false;
    if (off.includes('s')) this.#dotAll = false;
    if (off.includes('x')) this.#verbose = false;
    const body = this.#body(open);
    this.#verbose = saved.verbose;
    this.#dotAll = saved.dotAll;
    this.#multiline = saved.multiline;
    const js = `${on.includes('i') ? 'i' : ''}${off.includes('i') ? '-i' : ''}`;
    return `(?${js}:${body})`;
  }

  #escape(): { source: string; kind: 'atom' | 'anchor' } {
    const at = this.#at;
    const char = this.#chars[at + 1];
    if (char === undefined) fail('bad escape (end of pattern)', at);
    const anchor = this.#anchorEscape(char);
    if (anchor !== undefined) {
      this.#at += 2;
      return { source: anchor, kind: 'anchor' };
    }
    if (/[1-9]/.test(char)) {
      const reference = this.#numberedReference(at);
      if (reference !== undefined) return { source: reference, kind: 'atom' };
    }
    const item = this.#classEscape();
    if (item.kind === 'set') return { source: `[${item.source}]`, kind: 'atom' };
    return { source: literal(item.code), kind: 'atom' };
  }

  #anchorEscape(char: string): string | undefined {
    const word = `[${this.#classes().w ?? ''}]`;
    if (char === 'A') return '(?<![^])';
    if (char === 'Z') return '(?![^])';
    if (char === 'b') return `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
    if (char === 'B') return `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`;
    return undefined;
  }

  #numberedReference(at: number): string | undefined {
    const digits = /^[1-9]\d?/.exec(this.#chars.slice(at + 1, at + 3).join(''))?.[0] ?? '';
    if (/^[0-3][0-7]{2}$/.test(this.#chars.slice(at + 1, at + 4).join(''))) return undefined;
    const number = Number(digits);
    if (number > this.#groupCount) fail(`invalid group reference ${number}`, at + 1);
    if (this.#openGroups.includes(number)) fail('cannot refer to an open group', at);
    this.#at += 1 + digits.length;
    return `(?:\\${number})`;
  }

  #classes(): Readonly<Record<string, string>> {
    return this.#ascii ? ASCII_CLASSES : UNICODE_CLASSES;
  }

  /** An escape that stands for one character or a set of characters; consumes it. */
  #classEscape(): { kind: 'code'; code: number } | { kind: 'set'; source: string } {
    const at = this.#at;
    const char = this.#chars[at + 1];
    if (char === undefined) fail('bad escape (end of pattern)', at);
    const set = this.#classes()[char.toLowerCase()];
    if (set !== undefined) {
      this.#at += 2;
      return { kind: 'set', source: /[A-Z]/.test(char) ? `[^${set}]` : set };
    }
    const control = CONTROL_ESCAPES[char];
    if (control !== undefined) {
      this.#at += 2;
      return { kind: 'code', code: control };
    }
    return { kind: 'code', code: this.#numericEscape(at, char) };
  }

  #numericEscape(at: number, char: string): number {
    const lengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
    const length = lengths[char];
    const rest = this.#chars.slice(at + 2, at + 2 + (length ?? 0)).join('');
    if (length !== undefined) {
      const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
      if (digits.length < length) fail(`incomplete escape \\${char}${digits}`, at);
      this.#at += 2 + length;
      return Number.parseInt(digits, 16);
    }
    const octal = /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/.exec(this.#chars.slice(at + 1, at + 4).join(''))?.[0];
    if (octal !== undefined) {
      this.#at += 1 + octal.length;
      return Number.parseInt(octal, 8);
    }
    if (/[a-zA-Z0-9]/.test(char)) fail(`bad escape \\${char}`, at);
    this.#at += 2;
    return char.codePointAt(0) ?? 0;
  }

  /** A `[…]` set. */
  #set(): string {
    const open = this.#at;
    this.#at += 1;
    const negated = this.#chars[this.#at] === '^';
    if (negated) this.#at += 1;
    let out = '';
    let first = true;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined) fail('unterminated character set', open);
      if (char === ']' && !first) break;
      first = false;
      out += this.#setItem(open);
    }
    this.#at += 1;
    return negated ? `[^${out}]` : `[${out}]`;
  }

  #setItem(open: number): string {
    const start = this.#at;
    const low = this.#setAtom(open);
    const mayRange = this.#chars[this.#at] === '-' && this.#chars[this.#at + 1] !== ']';
    if (!mayRange) return low.kind === 'set' ? low.source : literal(low.code);
    this.#at += 1;
    const high = this.#setAtom(open);
    const range = (): string => this.#chars.slice(start, this.#at).join('');
    if (low.kind === 'set' || high.kind === 'set') fail(`bad character range ${range()}`, start);
    if (low.code > high.code) fail(`bad character range ${range()}`, start);
    return `${literal(low.code)}-${literal(high.code)}`;
  }

  #setAtom(open: number): { kind: 'code'; code: number } | { kind: 'set'; source: string } {
    const char = this.#chars[this.#at];
    if (char === undefined) fail('unterminated character set', open);
    if (char !== '\\') {
      this.#at += 1;
      return { kind: 'code', code: char.codePointAt(0) ?? 0 };
    }
    if (this.#chars[this.#at + 1] === 'b') {
      this.#at += 2;
      return { kind: 'code', code: 8 };
    }
    return this.#classEscape();
  }
}
