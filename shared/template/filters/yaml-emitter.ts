/** Writes YAML nodes as libyaml's emitter lays them out: the text PyYAML's C dumper gives under Ansible. */

import { analyzeScalar, type ScalarAnalysis } from './yaml-scalar-analysis.ts';

/** A node to write. `tag` is printed when it is given; `anchor` and aliases are names. */
export type YamlNode =
  | { readonly kind: 'alias'; readonly name: string }
  | {
      readonly kind: 'scalar';
      readonly text: string;
      readonly style: '' | "'" | '"' | '|' | '>';
      /** A plain scalar of this text reads back as the same type. */
      readonly isPlainSafe: boolean;
      readonly tag?: string;
      anchor?: string;
    }
  | {
      readonly kind: 'sequence';
      readonly items: readonly YamlNode[];
      readonly isFlow: boolean;
      readonly tag?: string;
      anchor?: string;
    }
  | {
      readonly kind: 'mapping';
      readonly entries: readonly (readonly [YamlNode, YamlNode])[];
      readonly isFlow: boolean;
      readonly tag?: string;
      anchor?: string;
    };

/** The options of `yaml.dump` that reach the emitter. */
export type EmitOptions = {
  readonly indent: number;
  readonly width: number;
  readonly isUnicode: boolean;
  readonly explicitStart: boolean;
  readonly explicitEnd: boolean;
  readonly canonical: boolean;
};

type ScalarNode = Extract<YamlNode, { kind: 'scalar' }>;
type SequenceNode = Extract<YamlNode, { kind: 'sequence' }>;
type MappingNode = Extract<YamlNode, { kind: 'mapping' }>;

const SIMPLE_KEY_BYTES_MAX = 128;

/** The text of one document. */
export function emitYaml(root: YamlNode, options: EmitOptions): string {
  return new Emitter(options).document(root);
}

function isSpace(char: string | undefined): boolean {
  return char === ' ';
}

/** Whether the character ends a line, for libyaml. */
function isBreak(char: string | undefined): boolean {
  return char !== undefined && '\r\n\x85\u2028\u2029'.includes(char);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\x08': 'b',
  '\t': 't',
  '\n': 'n',
  '\x0b': 'v',
  '\x0c': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** Keeps the column and the indentation while one document is written. */
class Emitter {
  readonly #options: EmitOptions;
  #out: string[] = [];
  #column = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #whitespace = true;
  #indention = true;
  /** The last scalar was a block that keeps its trailing line ends. */
  #isOpenEnded = false;
  #isMappingContext = false;
  #isSimpleKey = false;

  constructor(options: EmitOptions) {
    this.#options = options;
  }

  document(root: YamlNode): string {
    if (this.#options.explicitStart || this.#options.canonical) {
      this.#indicator('---', { before: true });
      if (this.#options.canonical) this.#writeIndent();
    }
    this.#node(root, { isMapping: false, isSimpleKey: false });
    if (this.#options.explicitEnd || this.#isOpenEnded) {
      this.#writeIndent();
      this.#indicator('...', { before: true });
    }
    this.#isOpenEnded = false;
    this.#writeIndent();
    return this.#out.join('');
  }

  #put(text: string): void {
    this.#out.push(text);
    this.#column += [...text].length;
  }

  #putBreak(): void {
    this.#out.push('\n');
    this.#column = 0;
  }

  /** Writes a line end that is part of a scalar. */
  #writeBreak(char: string): void {
    if (char === '\n') this.#putBreak();
    else {
      this.#out.push(char);
      this.#column = 0;
    }
  }

  #writeIndent(): void {
    const indent = Math.max(0, this.#indent);
    const isOff = this.#column > indent || (this.#column === indent && !this.#whitespace);
    if (!this.#indention || isOff) this.#putBreak();
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column));
    this.#whitespace = true;
    this.#indention = true;
  }

  #indicator(text: string, how: { before: boolean; whitespace?: boolean; indention?: boolean }): void {
    if (how.before && !this.#whitespace) this.#put(' ');
    this.#put(text);
    this.#whitespace = how.whitespace === true;
    this.#indention = this.#indention && how.indention === true;
    this.#isOpenEnded = false;
  }

  #increaseIndent(isFlow: boolean, isIndentless: boolean): void {
    this.#indents.push(this.#indent);
    if (this.#indent < 0) this.#indent = isFlow ? this.#options.indent : 0;
    else if (!isIndentless) this.#indent += this.#options.indent;
  }

  #decreaseIndent(): void {
    this.#indent = this.#indents.pop() ?? -1;
  }

  #node(node: YamlNode, context: { isMapping: boolean; isSimpleKey: boolean }): void {
    this.#isMappingContext = context.isMapping;
    this.#isSimpleKey = context.isSimpleKey;
    if (node.kind === 'alias') {
      this.#indicator(`*${node.name}`, { before: true });
      if (context.isSimpleKey) this.#put(' ');
      return;
    }
    if (node.anchor !== undefined) this.#indicator(`&${node.anchor}`, { before: true });
    if (node.tag !== undefined) this.#indicator(node.tag, { before: true });
    if (node.kind === 'scalar') this.#scalar(node);
    else if (node.kind === 'sequence') this.#sequence(node);
    else this.#mapping(node);
  }

  #sequence(node: SequenceNode): void {
    const isFlow = this.#flowLevel > 0 || this.#options.canonical || node.isFlow || node.items.length === 0;
    if (isFlow) this.#flowSequence(node.items);
    else this.#blockSequence(node.items);
  }

  #mapping(node: MappingNode): void {
    const isFlow = this.#flowLevel > 0 || this.#options.canonical || node.isFlow || node.entries.length === 0;
    if (isFlow) this.#flowMapping(node.entries);
    else this.#blockMapping(node.entries);
  }

  #openFlow(bracket: string): void {
    this.#indicator(bracket, { before: true, whitespace: true });
    this.#increaseIndent(true, false);
    this.#flowLevel++;
  }

  #closeFlow(bracket: string, isEmpty: boolean): void {
    this.#flowLevel--;
    this.#decreaseIndent();
    if (this.#options.canonical && !isEmpty) {
      this.#indicator(',', { before: false });
      this.#writeIndent();
    }
    this.#indicator(bracket, { before: false });
  }

  #wrapFlow(): void {
    if (this.#options.canonical || this.#column > this.#options.width) this.#writeIndent();
  }

  #flowSequence(items: readonly YamlNode[]): void {
    this.#openFlow('[');
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#indicator(',', { before: false });
      this.#wrapFlow();
      this.#node(item, { isMapping: false, isSimpleKey: false });
    }
    this.#closeFlow(']', items.length === 0);
  }

  #flowMapping(entries: MappingNode['entries']): void {
    this.#openFlow('{');
    for (const [index, [key, value]] of entries.entries()) {
      if (index > 0) this.#indicator(',', { before: false });
      this.#wrapFlow();
      if (!this.#options.canonical && this.#isSimple(key)) {
        this.#node(key, { isMapping: true, isSimpleKey: true });
        this.#indicator(':', { before: false });
      } else {
        this.#indicator('?', { before: true });
        this.#node(key, { isMapping: true, isSimpleKey: false });
        this.#wrapFlow();
        this.#indicator(':', { before: true });
      }
      this.#node(value, { isMapping: true, isSimpleKey: false });
    }
    this.#closeFlow('}', entries.length === 0);
  }

  #blockSequence(items: readonly YamlNode[]): void {
    this.#increaseIndent(false, this.#isMappingContext && !this.#indention);
    for (const item of items) {
      this.#writeIndent();
      this.#indicator('-', { before: true, indention: true });
      this.#node(item, { isMapping: false, isSimpleKey: false });
    }
    this.#decreaseIndent();
  }

  #blockMapping(entries: MappingNode['entries']): void {
    this.#increaseIndent(false, false);
    for (const [key, value] of entries) {
      this.#writeIndent();
      if (this.#isSimple(key)) {
        this.#node(key, { isMapping: true, isSimpleKey: true });
        this.#indicator(':', { before: false });
      } else {
        this.#indicator('?', { before: true, indention: true });
        this.#node(key, { isMapping: true, isSimpleKey: false });
        this.#writeIndent();
        this.#indicator(':', { before: true, indention: true });
      }
      this.#node(value, { isMapping: true, isSimpleKey: false });
    }
    this.#decreaseIndent();
  }

  /** Whether a key may stand on one line before its colon. */
  #isSimple(key: YamlNode): boolean {
    if (key.kind === 'alias') return key.name.length <= SIMPLE_KEY_BYTES_MAX;
    const extra = (key.anchor?.length ?? 0) + (key.tag?.length ?? 0);
    if (key.kind === 'sequence') return key.items.length === 0 && extra <= SIMPLE_KEY_BYTES_MAX;
    if (key.kind === 'mapping') return key.entries.length === 0 && extra <= SIMPLE_KEY_BYTES_MAX;
    const analysis = analyzeScalar(key.text, this.#options.isUnicode);
    return !analysis.isMultiline && extra + Buffer.byteLength(key.text) <= SIMPLE_KEY_BYTES_MAX;
  }

  #scalar(node: ScalarNode): void {
    const analysis = analyzeScalar(node.text, this.#options.isUnicode);
    const style = this.#scalarStyle(node, analysis);
    this.#increaseIndent(true, false);
    const chars = [...node.text];
    const mayBreak = !this.#isSimpleKey;
    if (style === '') this.#plain(chars, mayBreak);
    else if (style === "'") this.#singleQuoted(chars, mayBreak);
    else if (style === '"') this.#doubleQuoted(chars, mayBreak);
    else if (style === '|') this.#literal(chars);
    else this.#folded(chars);
    this.#decreaseIndent();
  }

  #scalarStyle(node: ScalarNode, analysis: ScalarAnalysis): ScalarNode['style'] {
    let style = node.style;
    const isFlow = this.#flowLevel > 0;
    if (this.#options.canonical || (this.#isSimpleKey && analysis.isMultiline)) style = '"';
    if (style === '') {
      const isAllowed = isFlow ? analysis.isFlowPlainAllowed : analysis.isBlockPlainAllowed;
      const isHiddenEmpty = node.text === '' && (isFlow || this.#isSimpleKey);
      if (!isAllowed || isHiddenEmpty || (node.tag === undefined && !node.isPlainSafe)) style = "'";
    }
    if (style === "'" && !analysis.isSingleQuotedAllowed) style = '"';
    if ((style === '|' || style === '>') && (!analysis.isBlockAllowed || isFlow || this.#isSimpleKey))
      style = '"';
    return style;
  }

  #plain(chars: readonly string[], mayBreak: boolean): void {
    if (!this.#whitespace && (chars.length > 0 || this.#flowLevel > 0)) this.#put(' ');
    let spaces = false;
    let breaks = false;
    for (const [index, char] of chars.entries()) {
      if (isSpace(char)) {
        const folds = mayBreak && !spaces && this.#column > this.#options.width && !isSpace(chars[index + 1]);
        if (folds) this.#writeIndent();
        else this.#put(char);
        spaces = true;
      } else if (isBreak(char)) {
        if (!breaks && char === '\n') this.#putBreak();
        this.#writeBreak(char);
        this.#indention = true;
        breaks = true;
      } else {
        if (breaks) this.#writeIndent();
        this.#put(char);
        this.#indention = false;
        spaces = false;
        breaks = false;
      }
    }
    this.#whitespace = false;
    this.#indention = false;
  }

  #singleQuoted(chars: readonly string[], mayBreak: boolean): void {
    this.#indicator("'", { before: true });
    let spaces = false;
    let breaks = false;
    for (const [index, char] of chars.entries()) {
      if (isSpace(char)) {
        const isInside = index > 0 && index < chars.length - 1 && !isSpace(chars[index + 1]);
        if (mayBreak && !spaces && this.#column > this.#options.width && isInside) this.#writeIndent();
        else this.#put(char);
        spaces = true;
      } else if (isBreak(char)) {
        if (!breaks && char === '\n') this.#putBreak();
        this.#writeBreak(char);
        this.#indention = true;
        breaks = true;
      } else {
        if (breaks) this.#writeIndent();
        this.#put(char === "'" ? "''" : char);
        this.#indention = false;
        spaces = false;
        breaks = false;
      }
    }
    if (breaks) this.#writeIndent();
    this.#indicator("'", { before: false });
    this.#whitespace = false;
    this.#indention = false;
  }

  #doubleQuoted(chars: readonly string[], mayBreak: boolean): void {
    this.#indicator('"', { before: true });
    let spaces = false;
    for (const [index, char] of chars.entries()) {
      const code = char.codePointAt(0) ?? 0;
      if (this.#mustEscape(char, code)) {
        this.#put(`\\${ESCAPES[char] ?? hexEscape(code)}`);
        spaces = false;
      } else if (isSpace(char)) {
        const isInside = index > 0 && index < chars.length - 1;
        if (mayBreak && !spaces && this.#column > this.#options.width && isInside) {
          this.#writeIndent();
          if (isSpace(chars[index + 1])) this.#put('\\');
        } else {
          this.#put(char);
        }
        spaces = true;
      } else {
        this.#put(char);
        spaces = false;
      }
    }
    this.#indicator('"', { before: false });
    this.#whitespace = false;
    this.#indention = false;
  }

  #mustEscape(char: string, code: number): boolean {
    if (isBreak(char) || char === '"' || char === '\\' || code === 0xfeff) return true;
    if (code > 0x7e && !this.#options.isUnicode) return true;
    return !isPrintable(code);
  }

  #blockHints(chars: readonly string[]): void {
    const first = chars[0];
    if (isSpace(first) || isBreak(first)) this.#indicator(String(this.#options.indent), { before: false });
    this.#isOpenEnded = false;
    const last = chars.at(-1);
    if (last === undefined || !isBreak(last)) this.#indicator('-', { before: false });
    else if (chars.length === 1 || isBreak(chars.at(-2))) {
      this.#indicator('+', { before: false });
      this.#isOpenEnded = true;
    }
  }

  #literal(chars: readonly string[]): void {
    this.#indicator('|', { before: true });
    this.#blockHints(chars);
    this.#putBreak();
    this.#indention = true;
    this.#whitespace = true;
    let breaks = true;
    for (const char of chars) {
      if (isBreak(char)) {
        this.#writeBreak(char);
        this.#indention = true;
        breaks = true;
      } else {
        if (breaks) this.#writeIndent();
        this.#put(char);
        this.#indention = false;
        breaks = false;
      }
    }
  }

  #folded(chars: readonly string[]): void {
    this.#indicator('>', { before: true });
    this.#blockHints(chars);
    this.#putBreak();
    this.#indention = true;
    this.#whitespace = true;
    let breaks = true;
    let leadingSpaces = true;
    for (const [index, char] of chars.entries()) {
      if (isBreak(char)) {
        if (!breaks && !leadingSpaces && char === '\n') this.#foldBreak(chars, index);
        this.#writeBreak(char);
        this.#indention = true;
        breaks = true;
        continue;
      }
      if (breaks) {
        this.#writeIndent();
        leadingSpaces = char === ' ' || char === '\t';
      }
      const folds =
        !breaks && isSpace(char) && !isSpace(chars[index + 1]) && this.#column > this.#options.width;
      if (folds) this.#writeIndent();
      else this.#put(char);
      this.#indention = false;
      breaks = false;
    }
  }

  /** A line end between two text lines of a folded scalar needs an empty line. */
  #foldBreak(chars: readonly string[], index: number): void {
    let next = index;
    while (isBreak(chars[next])) next++;
    const after = chars[next];
    if (after !== undefined && after !== ' ' && after !== '\t') this.#putBreak();
  }
}

function hexEscape(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `u${digits.padStart(4, '0')}` : `U${digits.padStart(8, '0')}`;
}

/** Whether libyaml prints the character as it is; what lies beyond the first plane it escapes. */
function isPrintable(code: number): boolean {
  if (code < 0xa0) return code === 0x0a || code === 0x85 || (code >= 0x20 && code <= 0x7e);
  return code <= 0xfffd && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfeff;
}
