/**
 * Plain data with Python values in it, as JSON text: what crosses between functions and lies in stores.
 *
 * Objects, lists, texts, booleans and ints are written as they are; dicts (Maps), floats, big ints, bytes and special
 * values as `{"$": tag, …}`. Entries of objects that are undefined are left out.
 */

import { type Dict, PyFloat, type Special, type Value } from '../base/value.ts';

/** What may be written: data of our own types, with values anywhere inside. */
export type Wire = undefined | Uint8Array | Value | readonly Wire[] | { readonly [key: string]: Wire };

/** How special values are written and read, for data that may hold some; they belong to a higher floor. */
export type SpecialForms = {
  readonly write: (special: Special) => { readonly tag: string; readonly data: Wire };
  readonly read: (tag: string, data: Wire) => Special;
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One line of JSON. Throws Error for a special value without a form. */
export function formatWire(value: Wire, forms?: SpecialForms): string {
  return JSON.stringify(toWritten(value, forms));
}

/** The data of a text that {@link formatWire} made; the caller says what it is. */
export function parseWire(text: string, forms?: SpecialForms): Wire {
  return fromWritten(JSON.parse(text) as Json, forms);
}

function toWritten(value: Wire, forms: SpecialForms | undefined): Json {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return { $: 'int', of: value.toString() };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof PyFloat) return { $: 'float', of: floatText(value.value) };
  if (value instanceof Uint8Array) return { $: 'bytes', of: Buffer.from(value).toString('base64') };
  if (value instanceof Map)
    return {
      $: 'dict',
      of: [...value].flatMap(([key, item]) => [toWritten(key, forms), toWritten(item, forms)]),
    };
  if (isList(value)) return value.map((item) => toWritten(item, forms));
  if (isSpecialValue(value)) return specialJson(value, forms);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, toWritten(item, forms)]));
}

function specialJson(special: Special, forms: SpecialForms | undefined): Json {
  if (forms === undefined) throw new Error(`a ${special.special} cannot cross a process here`);
  const { tag, data } = forms.write(special);
  return { $: `.${tag}`, of: toWritten(data, forms) };
}

function fromWritten(json: Json, forms: SpecialForms | undefined): Wire {
  if (typeof json !== 'object' || json === null) return json;
  if (isList(json)) return json.map((item) => fromWritten(item, forms));
  if (typeof json.$ !== 'string')
    return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fromWritten(item, forms)]));
  return tagged(json.$, json.of ?? null, forms);
}

function tagged(tag: string, of: Json, forms: SpecialForms | undefined): Wire {
  switch (tag) {
    case 'int':
      return BigInt(String(of));
    case 'float':
      return new PyFloat(Number(of));
    case 'bytes':
      return new Uint8Array(Buffer.from(String(of), 'base64'));
    case 'dict':
      return dictOf(isList(of) ? of : [], forms);
    default:
      if (forms === undefined) throw new Error(`data with the unknown tag ${tag}`);
      return forms.read(tag.slice(1), fromWritten(of, forms));
  }
}

function dictOf(flat: readonly Json[], forms: SpecialForms | undefined): Dict {
  const dict: Dict = new Map();
  for (let index = 0; index < flat.length; index += 2)
    dict.set(parseItem(flat[index] ?? null, forms), parseItem(flat[index + 1] ?? null, forms));
  return dict;
}

function parseItem(json: Json, forms: SpecialForms | undefined): Value {
  return fromWritten(json, forms) as Value;
}

/** JSON has no words for what is not finite, and none for the sign of zero that survives everywhere. */
function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function isList<T, Rest>(value: readonly T[] | Rest): value is readonly T[] {
  return Array.isArray(value);
}

/** Special values are objects of classes; plain ones may have an entry of that name. */
function isSpecialValue(value: object): value is Special {
  return 'special' in value && Object.getPrototypeOf(value) !== Object.prototype;
}
