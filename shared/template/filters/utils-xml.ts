/** The filters from_xml and to_xml of the collection ansible.utils: XML as dicts, with `@` before names of attributes. */

import type { Dict, Value } from '../../base/value.ts';
import { dumpJson } from '../formats/json.ts';
import { escapeXml, parseXml, quoteXml, type XmlElement, XmlError } from '../formats/xml.ts';
import { dictGet, dictSet } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isTrue, iterateOrUndefined } from '../python/values.ts';
import { stripText } from '../python/whitespace.ts';
import { type CheckedFilter, pluginError } from './checked-filter.ts';

const TEXT_KEY = '#text';
const ENGINE = 'xmltodict';

/** The filters. */
export const xmlFilters: readonly CheckedFilter[] = [
  {
    name: 'from_xml',
    positions: ['data', 'engine'],
    options: { data: { type: 'str', required: true }, engine: { type: 'str', default: ENGINE } },
    run: (_env, values) => {
      checkEngine('from_xml', values);
      return withXml('from_xml', 'Input Xml is not valid', () => {
        const root = parseXml(str(values.get('data') ?? ''));
        return dumpJson(new Map([[root.name, toData(root)]]));
      });
    },
  },
  {
    name: 'to_xml',
    positions: ['data', 'engine', 'indent', 'indent_width'],
    options: {
      data: { type: 'dict', required: true },
      engine: { type: 'str', default: ENGINE },
      indent: { type: 'str', default: 'tabs', choices: ['tabs', 'spaces'] },
      indent_width: { type: 'int', default: 4 },
      full_document: { type: 'bool', default: true },
    },
    run: (_env, values) => {
      checkEngine('to_xml', values);
      return withXml('to_xml', 'Input json is not valid', () => toXml(values));
    },
  },
];

function checkEngine(filter: string, values: Dict): void {
  const engine = str(values.get('engine') ?? '');
  if (engine !== ENGINE) throw pluginError(filter, `engine: ${engine} is not supported `);
}

function withXml(filter: string, message: string, attempt: () => Value): Value {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof XmlError) throw pluginError(filter, message);
    throw error;
  }
}

/** Attributes and elements by name, several of a name as a list; an element with nothing but text is that text. */
function toData({ attributes, children }: XmlElement): Value {
  const made: Dict = new Map([...attributes].map(([name, value]) => [`@${name}`, value]));
  const texts: string[] = [];
  for (const child of children) {
    if (typeof child === 'string') texts.push(child);
    else addTo(made, child.name, toData(child));
  }
  const text = stripText(texts.join(''));
  if (made.size === 0) return text === '' ? null : text;
  if (text !== '') addTo(made, TEXT_KEY, text);
  return made;
}

function addTo(made: Dict, name: string, value: Value): void {
  const known = dictGet(made, name);
  dictSet(
    made,
    name,
    known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value],
  );
}

type Layout = { readonly indent: string; readonly isWhole: boolean };

function toXml(values: Dict): string {
  const data = asDict(values.get('data') ?? null);
  if (data === undefined) throw new XmlError('only a dict is a document');
  const isWhole = isTrue(values.get('full_document') ?? true);
  if (isWhole && data.size !== 1) throw new XmlError('Document must have exactly one root.');
  const indent =
    values.get('indent') === 'spaces' ? ' '.repeat(Number(values.get('indent_width') ?? 0)) : '\t';
  const elements = [...data].map(([name, value]) => writeElements(name, value, 0, { indent, isWhole }));
  return `${isWhole ? '<?xml version="1.0" encoding="utf-8"?>\n' : ''}${elements.join('')}`;
}

/** One element, or one for each item of a list. */
function writeElements(key: Value, raw: Value, depth: number, layout: Layout): string {
  const name = asText(key);
  if (name === undefined) throw new XmlError('names are texts');
  const value = force(raw);
  const isSingle = asText(value) !== undefined || asDict(value) !== undefined;
  const items = isSingle ? [value] : [...(iterateOrUndefined(value) ?? [value])];
  if (layout.isWhole && depth === 0 && items.length > 1) throw new XmlError('document with multiple roots');
  return items.map((item) => writeElement(name, force(item), depth, layout)).join('');
}

function writeElement(name: string, value: Value, depth: number, layout: Layout): string {
  const { attributes, children, text } = readContent(value);
  const inner = children.map(([key, item]) => writeElements(key, item, depth + 1, layout)).join('');
  const margin = layout.indent.repeat(depth);
  const isNested = children.length > 0;
  const content = `${isNested ? `\n${inner}` : ''}${escapeXml(text)}${isNested ? margin : ''}`;
  return `${margin}<${name}${attributes}>${content}</${name}>${depth > 0 ? '\n' : ''}`;
}

type Content = { readonly attributes: string; readonly children: [Value, Value][]; readonly text: string };

function readContent(value: Value): Content {
  const entries = asDict(value);
  if (entries === undefined) {
    const text = typeof value === 'boolean' ? String(value) : value === null ? '' : str(value);
    return { attributes: '', children: [], text };
  }
  const children: [Value, Value][] = [];
  const content = { attributes: '', children, text: '' };
  for (const [key, raw] of entries) {
    const name = asText(key);
    if (name === undefined) throw new XmlError('names are texts');
    const item = force(raw);
    if (name === TEXT_KEY) content.text = plainText(item);
    else if (name.startsWith('@')) content.attributes += ` ${name.slice(1)}=${quoteXml(str(item))}`;
    else content.children.push([name, item]);
  }
  return content;
}

function plainText(value: Value): string {
  const text = value === null ? '' : asText(value);
  if (text === undefined) throw new XmlError('what stands between tags is text');
  return text;
}
