/** The filter parse_xml of the collection ansible.netcommon: data out of a device's XML, as a spec in YAML says. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { ansibleError, classText } from '../filter-error.ts';
import { parseXml, type XmlElement, XmlError } from '../formats/xml.ts';
import { findElements } from '../formats/xml-path.ts';
import { dictSet } from '../python/dict-key.ts';
import { pythonError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { asDict, asText, force, isTrue } from '../python/values.ts';
import { dictOf, fill, isWanted, type ParseSpec, readSpec } from './parse-spec.ts';

/** The filter. */
export const parseXmlFilter: Builtin = {
  name: 'parse_xml',
  signature: 'tmpl',
  call: (env, value, tmpl = null) => {
    const specs = readSpec(env, 'parse_xml', str(tmpl));
    const output = asText(force(value));
    if (output === undefined) {
      throw ansibleError(`parse_xml works on string input, but given input of : ${classText(force(value))}`);
    }
    const root = readRoot(output);
    return dictOf(
      specs.map((spec) => [spec.name, spec.attributes.has('items') ? extract(env, root, spec) : spec.value]),
    );
  },
};

function readRoot(text: string): XmlElement {
  try {
    return withNamespaces(parseXml(text), new Map());
  } catch (error) {
    if (error instanceof XmlError) throw pythonError('ParseError', error.message);
    throw error;
  }
}

/** Names as `{namespace}name`, as ElementTree has them; without the declarations of namespaces. */
function withNamespaces(element: XmlElement, outer: ReadonlyMap<string, string>): XmlElement {
  const spaces = new Map(outer);
  const attributes = new Map<string, string>();
  for (const [name, value] of element.attributes) {
    const prefix = name === 'xmlns' ? '' : /^xmlns:(.*)$/.exec(name)?.[1];
    if (prefix === undefined) attributes.set(name, value);
    else spaces.set(prefix, value);
  }
  const full = (name: string, isAttribute: boolean): string => {
    const [, prefix = '', local = name] = /^([^:]*):(.*)$/.exec(name) ?? [];
    const space = prefix === '' && isAttribute ? undefined : spaces.get(prefix);
    return space === undefined || space === '' ? name : `{${space}}${local}`;
  };
  return {
    name: full(element.name, false),
    attributes: new Map([...attributes].map(([name, value]) => [full(name, true), value])),
    children: element.children.map((child) =>
      typeof child === 'string' ? child : withNamespaces(child, spaces),
    ),
  };
}

function extract(env: Environment, root: XmlElement, spec: ParseSpec): Value {
  const paths = [...(asDict(force(spec.attributes.get('items') ?? null)) ?? [])];
  const template = asDict(spec.value);
  const key = template === undefined ? null : force(template.get('key') ?? null);
  const value = isTrue(key) ? force(template?.get('values') ?? null) : spec.value;
  const entries: Value[] = [];
  const keyed: Dict = new Map();
  for (const element of findElements(root, str(spec.attributes.get('top') ?? ''))) {
    const item = dictOf(paths.map(([name, path]) => [name, fieldOf(element, str(path))]));
    const variables = new Map<Value, Value>([['item', item]]);
    const parts = asDict(value);
    const entry =
      parts === undefined
        ? fill(env, value, variables)
        : dictOf([...parts].map(([name, each]) => [name, fill(env, each, variables)]));
    if (!isTrue(key)) {
      if (isWanted(env, spec, entry)) entries.push(entry);
      continue;
    }
    const name = fill(env, key, variables);
    if (
      isWanted(
        env,
        spec,
        dictOf([
          ['key', name],
          ['value', entry],
        ]),
      )
    )
      dictSet(keyed, name, entry);
  }
  return isTrue(key) ? keyed : entries;
}

/** The text of what the path finds, its attributes where the path ends with a condition; a list of several. */
function fieldOf(element: XmlElement, path: string): Value {
  const found = findElements(element, path);
  const isAttributes = path.endsWith(']');
  const values = found.map((each): Value => (isAttributes ? new Map(each.attributes) : textOf(each)));
  const [only] = values;
  if (only === undefined) return isAttributes ? new Map() : null;
  return values.length > 1 ? values : only;
}

/** What stands before the first element in it. */
function textOf({ children }: XmlElement): Value {
  const end = children.findIndex((child) => typeof child !== 'string');
  const text = (end < 0 ? children : children.slice(0, end)).join('');
  return text === '' ? null : text;
}
