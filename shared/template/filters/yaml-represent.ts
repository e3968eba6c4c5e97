/** Makes YAML nodes of values as Ansible's dumper does: sorted keys, anchors for what appears twice. */

import { PyFloat, type Value } from '../../base/value.ts';
import { isoDate } from '../dates/date-class.ts';
import { compare } from '../python/comparison.ts';
import { pythonError, undefinedError } from '../python/error.ts';
import { isHtml } from '../python/markup-text.ts';
import { repr, reprFloat, str } from '../python/repr.ts';
import { LazyDict, PyBytes, PySet, PyTuple, Undefined, Vaulted } from '../python/special.ts';
import { asDict, asInt, asText, force, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import type { YamlNode } from './yaml-emitter.ts';

/** How nodes are made. */
export type RepresentOptions = {
  /** True and false set the style of all collections; undefined: those of plain scalars only are flow. */
  readonly isFlow: boolean | undefined;
  readonly defaultStyle: '' | "'" | '"' | '|' | '>';
  /** Some style was asked for, even one that there is not. */
  readonly isStyled?: boolean;
  /** Writes the type of everything. */
  readonly isTagged?: boolean;
  readonly sortKeys: boolean;
};

/** The node of a value. */
export function representYaml(value: Value, options: RepresentOptions): YamlNode {
  const maker: Maker = { options, open: new Map(), anchors: 0 };
  return represent(force(value), maker);
}

type Maker = {
  readonly options: RepresentOptions;
  /** The nodes made so far, for values that may get an anchor. */
  readonly open: Map<object, { node: YamlNode | undefined; name: string | undefined }>;
  anchors: number;
};

function scalar(text: string, maker: Maker, isPlainSafe: boolean): YamlNode {
  return { kind: 'scalar', text, style: maker.options.defaultStyle, isPlainSafe, ...typeTag('str', maker) };
}

function typeTag(type: string, maker: Maker): { readonly tag?: string } {
  return maker.options.isTagged === true ? { tag: `!!${type}` } : {};
}

function represent(value: Value, maker: Maker): YamlNode {
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  if (isHtml(value) || typeName(value) === '_GroupTuple') throw cannotRepresent(value);
  const simple = representSimple(value, maker);
  if (simple !== undefined) return simple;
  if (typeof value !== 'object' || value === null) throw cannotRepresent(value);
  if (value instanceof PyTuple && value.items.length === 0) return sequence([], maker);
  const seen = maker.open.get(value);
  if (seen !== undefined) return alias(seen, maker);
  const entry: { node: YamlNode | undefined; name: string | undefined } = {
    node: undefined,
    name: undefined,
  };
  maker.open.set(value, entry);
  const node = representCollection(value, maker);
  entry.node = node;
  if (entry.name !== undefined && node.kind !== 'alias') node.anchor = entry.name;
  return node;
}

function alias(seen: { node: YamlNode | undefined; name: string | undefined }, maker: Maker): YamlNode {
  if (seen.name === undefined) {
    maker.anchors++;
    seen.name = `id${String(maker.anchors).padStart(3, '0')}`;
    if (seen.node !== undefined && seen.node.kind !== 'alias') seen.node.anchor = seen.name;
  }
  return { kind: 'alias', name: seen.name, isScalar: seen.node?.kind === 'scalar' };
}

function representSimple(value: Value, maker: Maker): YamlNode | undefined {
  const plain = (text: string, type: string): YamlNode => taggedScalar(text, maker, type);
  if (value === null) return plain('null', 'null');
  if (typeof value === 'boolean') return plain(value ? 'true' : 'false', 'bool');
  const int = asInt(value);
  if (int !== undefined) return plain(int.toString(), 'int');
  if (value instanceof PyFloat) return plain(floatText(value.value), 'float');
  if (value instanceof Vaulted) {
    return { kind: 'scalar', text: value.ciphertext, style: '|', isPlainSafe: false, tag: '!vault' };
  }
  const text = asText(value);
  if (text !== undefined) return scalar(text, maker, isPlainText(text));
  if (value instanceof PyBytes) {
    const encoded = Buffer.from(value.bytes)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n');
    if (encoded === '') return { kind: 'scalar', text: '', style: '"', isPlainSafe: false, tag: '!!binary' };
    return { kind: 'scalar', text: `${encoded}\n`, style: '|', isPlainSafe: false, tag: '!!binary' };
  }
  return undefined;
}

/** A scalar that is not a str: in any other style than plain it says so by an empty tag. */
function taggedScalar(text: string, maker: Maker, type: string): YamlNode {
  const style = maker.options.defaultStyle;
  if (maker.options.isTagged === true)
    return { kind: 'scalar', text, style, isPlainSafe: true, ...typeTag(type, maker) };
  if (style === '') return { kind: 'scalar', text, style, isPlainSafe: true };
  return { kind: 'scalar', text, style, isPlainSafe: true, tag: '!' };
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = reprFloat(value).toLowerCase();
  return text.includes('.') ? text : text.replace('e', '.0e');
}

function representCollection(
  value: Exclude<Value, null | string | number | boolean | bigint>,
  maker: Maker,
): YamlNode {
  if (Array.isArray(value)) return sequence(value, maker);
  if (value instanceof PyTuple) return sequence(value.items, maker);
  if (value instanceof Map || value instanceof LazyDict) return mapping(asDict(value) ?? new Map(), maker);
  if (value instanceof PySet) {
    const entries = new Map([...value.items].map((item): [Value, Value] => [item, null]));
    return { ...mapping(entries, maker), tag: '!!set' };
  }
  if (isoDate(value) !== undefined) {
    return representDate(str(value), maker);
  }
  throw cannotRepresent(value);
}

/** A datetime cannot be plain inside brackets, and says by an empty tag that it is no str. */
function representDate(text: string, maker: Maker): YamlNode {
  const node = taggedScalar(text, maker, 'timestamp');
  return node.kind === 'scalar' && node.tag === undefined && text.includes(':')
    ? { ...node, tagInFlow: '!' }
    : node;
}

function cannotRepresent(value: Value): Error {
  return pythonError('RepresenterError', `('cannot represent an object', ${repr(value)})`);
}

function isPlainScalar(node: YamlNode, maker: Maker): boolean {
  if (node.kind !== 'scalar') return node.kind === 'alias' && node.isScalar;
  return node.style === '' && maker.options.isStyled !== true;
}

function sequence(items: readonly Value[], maker: Maker): YamlNode {
  const nodes = items.map((item) => represent(force(item), maker));
  const isFlow = maker.options.isFlow ?? nodes.every((node) => isPlainScalar(node, maker));
  return { kind: 'sequence', items: nodes, isFlow, ...typeTag('seq', maker) };
}

function mapping(map: ReadonlyMap<Value, Value>, maker: Maker): Extract<YamlNode, { kind: 'mapping' }> {
  const entries = maker.options.sortKeys ? sorted([...map]) : [...map];
  const nodes = entries.map(([key, item]): [YamlNode, YamlNode] => [
    represent(force(key), maker),
    represent(force(item), maker),
  ]);
  const isFlow =
    maker.options.isFlow ??
    nodes.every(([key, item]) => isPlainScalar(key, maker) && isPlainScalar(item, maker));
  return { kind: 'mapping', entries: nodes, isFlow, ...typeTag('map', maker) };
}

/** By key; keys that cannot be ordered stay as they are. */
function sorted(entries: [Value, Value][]): [Value, Value][] {
  try {
    return [...entries].sort(([a], [b]) => compare(a, b));
  } catch (error) {
    if (error instanceof TemplateError) return entries;
    throw error;
  }
}

const NOT_TEXT: readonly RegExp[] = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:<<|=|~|null|Null|NULL|!|&|\*|)$/,
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/,
];

/** Whether a plain scalar of this text reads back as a str. */
function isPlainText(text: string): boolean {
  return !NOT_TEXT.some((pattern) => pattern.test(text));
}
