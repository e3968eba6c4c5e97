/** From YAML text to positioned nodes: tags, anchors, merge keys and duplicate keys as PyYAML and Ansible treat them. */

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Checked, Diagnostic, Position } from '../base/diagnostic.ts';
import { limits } from '../base/limits.ts';
import { isSpecial, PyFloat, type Value } from '../base/value.ts';
import {
  asTemplate,
  hasMarkers,
  PyBytes,
  PySet,
  PyTuple,
  Template,
  Vaulted,
} from '../template/python/special.ts';
import { syntaxHint } from './yaml-hint.ts';
import { indentFlowLine, indentQuoted, sourcePositions } from './yaml-indent.ts';
import type { YamlDict, YamlEntry, YamlNode } from './yaml-node.ts';
import { type ScalarType, scalarType, scalarValue } from './yaml-scalar.ts';

const STANDARD = 'tag:yaml.org,2002:';
const CONTROL = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const OPTIONS = {
  schema: 'failsafe',
  version: '1.1',
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

type Reader = {
  readonly text: string;
  readonly position: (offset: number) => Position;
  readonly diagnostics: Diagnostic[];
  readonly anchors: Map<string, Node>;
  /** Finished nodes, so that aliases share them; `undefined` while a node is being read. */
  readonly done: Map<Node, YamlNode | undefined>;
};

/** The tree of the one document in `source`; an empty file is a null scalar. */
export function parseYamlTree(source: string, file: string): Checked<YamlNode> {
  const { text, document } = parseLeniently(source);
  const position = sourcePositions(source, text, file);
  const reader: Reader = { text, position, diagnostics: [], anchors: new Map(), done: new Map() };
  const control = CONTROL.exec(text.replace(/^\ufeff/, ' '));
  if (control !== null) report(reader, control.index, 'control characters are not allowed');
  const [first] = document.errors;
  if (first !== undefined) {
    report(reader, first.pos[0], syntaxProblem(first.code, first.message), syntaxHint(text, first.pos[0]));
    return { value: nullNode(position(0)), diagnostics: reader.diagnostics };
  }
  const value =
    document.contents === null ? nullNode(position(0)) : readNode(reader, document.contents, false);
  return { value, diagnostics: reader.diagnostics };
}

type Parsed = { readonly text: string; readonly document: ReturnType<typeof parseDocument> };

/** Indents what is not, as long as that is all that is wrong. */
function parseLeniently(source: string): Parsed {
  let text = source;
  for (let tries = 0; ; tries += 1) {
    const document = parseDocument(text, OPTIONS);
    const [first] = document.errors;
    const indented = first === undefined ? undefined : withIndent(text, first);
    if (indented === undefined || indented === text) return { text, document };
    if (tries === limits.yamlRepairsMax) return { text: source, document: parseDocument(source, OPTIONS) };
    text = indented;
  }
}

function withIndent(
  text: string,
  error: { code: string; message: string; pos: [number, number] },
): string | undefined {
  if (error.code === 'MISSING_CHAR' && /closing .quote/.test(error.message)) {
    return indentQuoted(text, error.pos[0]);
  }
  const isFlow = error.code === 'BAD_INDENT' && error.message.startsWith('Flow ');
  return isFlow ? indentFlowLine(text, error.pos[0]) : undefined;
}

function syntaxProblem(code: string, message: string): string {
  return code === 'MULTIPLE_DOCS' ? 'expected a single document in the stream' : message;
}

function report(reader: Reader, offset: number, problem: string, hint?: string): void {
  reader.diagnostics.push({
    severity: 'error',
    code: 'yaml-syntax',
    message: `Syntax Error while loading YAML: ${problem}`,
    position: reader.position(offset),
    ...(hint === undefined ? {} : { hint }),
  });
}

function nullNode(position: Position): YamlNode {
  return { kind: 'scalar', value: null, position };
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** Reads one node; inside `!unsafe` no string becomes a template. */
function readNode(reader: Reader, node: Node, isUnsafe: boolean): YamlNode {
  if (isAlias(node)) return readAlias(reader, node);
  if (isMap(node) || isSeq(node) || isScalar(node)) {
    if (node.anchor !== undefined) setAnchor(reader, node.anchor, node);
    reader.done.set(node, undefined);
    const read = readTagged(reader, node, isUnsafe);
    reader.done.set(node, read);
    return read;
  }
  throw new Error('the YAML parser gave a node of no known kind');
}

function setAnchor(reader: Reader, name: string, node: Node): void {
  if (reader.anchors.has(name)) report(reader, offsetOf(node), `found duplicate anchor '${name}'`);
  reader.anchors.set(name, node);
}

function readAlias(reader: Reader, alias: Alias): YamlNode {
  const target = reader.anchors.get(alias.source);
  const read = target === undefined ? undefined : reader.done.get(target);
  if (read !== undefined) return read;
  const problem =
    target === undefined ? `found undefined alias '${alias.source}'` : 'found unconstructable recursive node';
  report(reader, offsetOf(alias), problem);
  return nullNode(reader.position(offsetOf(alias)));
}

function readTagged(reader: Reader, node: Scalar | YAMLMap | YAMLSeq, isUnsafe: boolean): YamlNode {
  const isUnsafeHere = isUnsafe || node.tag === '!unsafe';
  if (isMap(node) && node.tag === `${STANDARD}set`) return readSet(reader, node);
  if (isScalar(node)) return readScalar(reader, node, isUnsafeHere);
  return isMap(node) ? readMap(reader, node, isUnsafeHere) : readSeq(reader, node, isUnsafeHere);
}

function readScalar(reader: Reader, node: Scalar, isUnsafe: boolean): YamlNode {
  const position = reader.position(offsetOf(node));
  const text = scalarText(reader, node);
  const value = taggedScalar(node, text, { position, isUnsafe });
  if (value !== undefined) return { kind: 'scalar', value, position };
  report(reader, offsetOf(node), scalarProblem(node, text));
  return nullNode(position);
}

/** A block scalar that the end of the file cuts off has no line break at its end. */
function scalarText(reader: Reader, node: Scalar): string {
  const text = typeof node.value === 'string' ? node.value : '';
  const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  const isCut = isBlock && node.range?.[1] === reader.text.length && !reader.text.endsWith('\n');
  return isCut && text.endsWith('\n') ? text.slice(0, -1) : text;
}

function taggedScalar(
  node: Scalar,
  text: string,
  context: { position: Position; isUnsafe: boolean },
): Value | undefined {
  if (node.tag === '!vault' || node.tag === '!vault-encrypted') return new Vaulted(text, context.position);
  if (node.tag === `${STANDARD}binary`) return new PyBytes(Buffer.from(text, 'base64'));
  const type = typeOf(node, text);
  if (type === undefined) return undefined;
  const value = scalarValue(type, text);
  if (typeof value !== 'string') return value;
  const { position, isUnsafe } = context;
  if (!isUnsafe) return asTemplate(value, position);
  return hasMarkers(value) ? value : new Template(value, position, true);
}

function typeOf(node: Scalar, text: string): ScalarType | undefined {
  const isPlain = node.type === 'PLAIN' || node.type === undefined;
  if (node.tag === undefined || node.tag === '!') return isPlain ? scalarType(text) : 'str';
  if (node.tag === '!unsafe') return 'str';
  switch (node.tag) {
    case `${STANDARD}str`:
    case `${STANDARD}python/unicode`:
      return 'str';
    case `${STANDARD}bool`:
      return 'bool';
    case `${STANDARD}int`:
      return 'int';
    case `${STANDARD}float`:
      return 'float';
    case `${STANDARD}null`:
      return 'null';
    case `${STANDARD}timestamp`:
      return 'timestamp';
    default:
      return undefined;
  }
}

function scalarProblem(node: Scalar, text: string): string {
  if (node.tag === undefined) {
    return text === '='
      ? "could not determine a constructor for the tag 'tag:yaml.org,2002:value'"
      : `'${text}' is not a possible value of its type`;
  }
  return node.tag.startsWith(STANDARD) && /(?:bool|int|float|timestamp)$/.test(node.tag)
    ? `'${text}' is not a possible value of its type`
    : unknownTag(node.tag);
}

function unknownTag(tag: string): string {
  return `could not determine a constructor for the tag '${tag}'`;
}

function readSeq(reader: Reader, node: YAMLSeq, isUnsafe: boolean): YamlNode {
  const position = reader.position(offsetOf(node));
  const items = node.items.map((item) => readItem(reader, item, { position, isUnsafe }));
  const isPairs = node.tag === `${STANDARD}omap` || node.tag === `${STANDARD}pairs`;
  if (!isPairs && !isPlainTag(node.tag, 'seq')) report(reader, offsetOf(node), unknownTag(node.tag ?? ''));
  return { kind: 'list', items, value: items.map((item) => (isPairs ? asPair(item) : item.value)), position };
}

function asPair(item: YamlNode): Value {
  const [entry] = item.kind === 'dict' ? item.value : [];
  return entry === undefined ? item.value : new PyTuple(entry);
}

function isPlainTag(tag: string | undefined, name: string): boolean {
  return tag === undefined || tag === '!' || tag === '!unsafe' || tag === `${STANDARD}${name}`;
}

function readItem(
  reader: Reader,
  item: unknown,
  context: { position: Position; isUnsafe: boolean },
): YamlNode {
  return isYamlNode(item) ? readNode(reader, item, context.isUnsafe) : nullNode(context.position);
}

function isYamlNode(item: unknown): item is Node {
  return isAlias(item) || isMap(item) || isSeq(item) || isScalar(item);
}

function readMap(reader: Reader, node: YAMLMap, isUnsafe: boolean): YamlDict {
  const position = reader.position(offsetOf(node));
  const merged: [Value, YamlEntry][] = [];
  const own: [Value, YamlEntry][] = [];
  for (const pair of node.items) {
    if (isMergeKey(pair)) merged.push(...mergedEntries(reader, pair, { position, isUnsafe }));
    else own.push(...ownEntry(reader, pair, { position, isUnsafe }));
  }
  if (!isPlainTag(node.tag, 'map')) report(reader, offsetOf(node), unknownTag(node.tag ?? ''));
  warnDuplicates(reader, position, [...merged, ...own]);
  const entries = new Map([...merged, ...own]);
  const value = new Map([...entries].map(([key, entry]) => [key, entry.node.value]));
  return { kind: 'dict', entries, value, position };
}

function readSet(reader: Reader, node: YAMLMap): YamlNode {
  const position = reader.position(offsetOf(node));
  const entries = node.items.flatMap((pair) => ownEntry(reader, pair, { position, isUnsafe: true }));
  return { kind: 'scalar', value: new PySet(entries.map(([key]) => key)), position };
}

function isMergeKey(pair: Pair): boolean {
  return (
    isScalar(pair.key) && pair.key.tag === undefined && pair.key.type === 'PLAIN' && pair.key.value === '<<'
  );
}

function mergedEntries(
  reader: Reader,
  pair: Pair,
  context: { position: Position; isUnsafe: boolean },
): [Value, YamlEntry][] {
  const source = readItem(reader, pair.value, context);
  if (source.kind === 'dict') return [...source.entries];
  if (source.kind === 'list' && source.items.every((item) => item.kind === 'dict')) {
    return source.items.toReversed().flatMap((item) => (item.kind === 'dict' ? [...item.entries] : []));
  }
  reader.diagnostics.push({
    severity: 'error',
    code: 'yaml-syntax',
    message: `Syntax Error while loading YAML: expected a mapping or list of mappings for merging, but found ${source.kind === 'scalar' ? 'scalar' : 'sequence'}`,
    position: source.position,
  });
  return [];
}

function ownEntry(
  reader: Reader,
  pair: Pair,
  context: { position: Position; isUnsafe: boolean },
): [Value, YamlEntry][] {
  const key = readItem(reader, pair.key, { ...context, isUnsafe: true });
  const keyEnd = isYamlNode(pair.key) ? reader.position(pair.key.range?.[1] ?? 0) : context.position;
  const node = readItem(reader, pair.value, { position: keyEnd, isUnsafe: context.isUnsafe });
  const value = hashable(key.value);
  if (value !== undefined) return [[value, { key: key.position, node }]];
  reader.diagnostics.push({
    severity: 'error',
    code: 'yaml-syntax',
    message: `Syntax Error while loading YAML: found unacceptable key (unhashable type: '${key.kind === 'list' ? 'list' : 'dict'}')`,
    position: key.position,
    hint: 'A value that starts with a template needs quotes: "{{ name }}".',
  });
  return [];
}

/** The key under which a dict holds `value`, or undefined when Python cannot hash it. */
function hashable(value: Value): Value | undefined {
  if (value instanceof Template) return value.source;
  if (value instanceof PyFloat && Number.isSafeInteger(value.value)) return value.value;
  if (typeof value !== 'object' || value === null || value instanceof PyFloat) return value;
  return isSpecial(value) ? value : undefined;
}

function warnDuplicates(reader: Reader, position: Position, entries: readonly [Value, YamlEntry][]): void {
  const seen = new Set<Value>();
  for (const [key, entry] of entries) {
    if (seen.has(key)) {
      reader.diagnostics.push({
        severity: 'warning',
        code: 'yaml-duplicate-key',
        message: `While constructing a mapping from ${position.file}, line ${position.line}, column ${position.column}, found a duplicate dict key (${String(key)}). Using last defined value only.`,
        position: entry.key,
      });
    }
    seen.add(key);
  }
}
