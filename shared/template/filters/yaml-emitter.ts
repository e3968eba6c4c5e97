/** Writes YAML nodes as libyaml's emitter lays them out: the text PyYAML's C dumper gives under Ansible. */

import { YamlOutput } from './yaml-output.ts';
import { analyzeScalar, type ScalarAnalysis } from './yaml-scalar-analysis.ts';
import {
  type ScalarTarget,
  writeDoubleQuoted,
  writeFolded,
  writeLiteral,
  writePlain,
  writeSingleQuoted,
} from './yaml-scalar-styles.ts';

/** A node to write. `tag` is printed when it is given; `anchor` and aliases are names. */
export type YamlNode =
  | { readonly kind: 'alias'; readonly name: string; readonly isScalar: boolean }
  | {
      readonly kind: 'scalar';
      readonly text: string;
      readonly style: '' | "'" | '"' | '|' | '>';
      /** A plain scalar of this text reads back as the same type. */
      readonly isPlainSafe: boolean;
      readonly tag?: string;
      /** Printed where the scalar stands in brackets or braces. */
      readonly tagInFlow?: string;
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

/** Keeps the context of the node in hand while one document is written. */
class Emitter {
  readonly #options: EmitOptions;
  readonly #out: YamlOutput;
  #flowLevel = 0;
  #isMappingContext = false;
  #isSimpleKey = false;

  constructor(options: EmitOptions) {
    this.#options = options;
    this.#out = new YamlOutput(options.indent);
  }

  document(root: YamlNode): string {
    if (this.#options.explicitStart || this.#options.canonical) {
      this.#out.indicator('---', { before: true });
      if (this.#options.canonical) this.#out.writeIndent();
    }
    this.#node(root, { isMapping: false, isSimpleKey: false });
    if (this.#options.explicitEnd || this.#out.isOpenEnded) {
      this.#out.writeIndent();
      this.#out.indicator('...', { before: true });
    }
    this.#out.isOpenEnded = false;
    this.#out.writeIndent();
    return this.#out.text();
  }

  #node(node: YamlNode, context: { isMapping: boolean; isSimpleKey: boolean }): void {
    this.#isMappingContext = context.isMapping;
    this.#isSimpleKey = context.isSimpleKey;
    if (node.kind === 'alias') {
      this.#out.indicator(`*${node.name}`, { before: true });
      if (context.isSimpleKey) this.#out.put(' ');
      return;
    }
    if (node.anchor !== undefined) this.#out.indicator(`&${node.anchor}`, { before: true });
    if (node.tag !== undefined) this.#out.indicator(node.tag, { before: true });
    if (node.kind === 'scalar' && node.tagInFlow !== undefined && this.#flowLevel > 0) {
      this.#out.indicator(node.tagInFlow, { before: true });
    }
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
    this.#out.indicator(bracket, { before: true, whitespace: true });
    this.#out.increaseIndent(true, false);
    this.#flowLevel++;
  }

  #closeFlow(bracket: string, isEmpty: boolean): void {
    this.#flowLevel--;
    this.#out.decreaseIndent();
    if (this.#options.canonical && !isEmpty) {
      this.#out.indicator(',', { before: false });
      this.#out.writeIndent();
    }
    this.#out.indicator(bracket, { before: false });
  }

  #wrapFlow(): void {
    if (this.#options.canonical || this.#out.column > this.#options.width) this.#out.writeIndent();
  }

  #flowSequence(items: readonly YamlNode[]): void {
    this.#openFlow('[');
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#out.indicator(',', { before: false });
      this.#wrapFlow();
      this.#node(item, { isMapping: false, isSimpleKey: false });
    }
    this.#closeFlow(']', items.length === 0);
  }

  #flowMapping(entries: MappingNode['entries']): void {
    this.#openFlow('{');
    for (const [index, [key, value]] of entries.entries()) {
      if (index > 0) this.#out.indicator(',', { before: false });
      this.#wrapFlow();
      if (!this.#options.canonical && this.#isSimple(key)) {
        this.#node(key, { isMapping: true, isSimpleKey: true });
        this.#out.indicator(':', { before: false });
      } else {
        this.#out.indicator('?', { before: true });
        this.#node(key, { isMapping: true, isSimpleKey: false });
        this.#wrapFlow();
        this.#out.indicator(':', { before: true });
      }
      this.#node(value, { isMapping: true, isSimpleKey: false });
    }
    this.#closeFlow('}', entries.length === 0);
  }

  #blockSequence(items: readonly YamlNode[]): void {
    this.#out.increaseIndent(false, this.#isMappingContext && !this.#out.indention);
    for (const item of items) {
      this.#out.writeIndent();
      this.#out.indicator('-', { before: true, indention: true });
      this.#node(item, { isMapping: false, isSimpleKey: false });
    }
    this.#out.decreaseIndent();
  }

  #blockMapping(entries: MappingNode['entries']): void {
    this.#out.increaseIndent(false, false);
    for (const [key, value] of entries) {
      this.#out.writeIndent();
      if (this.#isSimple(key)) {
        this.#node(key, { isMapping: true, isSimpleKey: true });
        this.#out.indicator(':', { before: false });
      } else {
        this.#out.indicator('?', { before: true, indention: true });
        this.#node(key, { isMapping: true, isSimpleKey: false });
        this.#out.writeIndent();
        this.#out.indicator(':', { before: true, indention: true });
      }
      this.#node(value, { isMapping: true, isSimpleKey: false });
    }
    this.#out.decreaseIndent();
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
    this.#out.increaseIndent(true, false);
    const chars = [...node.text];
    const mayBreak = !this.#isSimpleKey;
    const { width, indent, isUnicode } = this.#options;
    const to: ScalarTarget = { out: this.#out, width, indent, isUnicode, isFlow: this.#flowLevel > 0 };
    if (style === '') writePlain(to, chars, mayBreak);
    else if (style === "'") writeSingleQuoted(to, chars, mayBreak);
    else if (style === '"') writeDoubleQuoted(to, chars, mayBreak);
    else if (style === '|') writeLiteral(to, chars);
    else writeFolded(to, chars);
    this.#out.decreaseIndent();
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
}
