/** What Python's `repr()` and `str()` print. */

import { limits } from '../../base/limits.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import { checkMemory, countVisit } from '../budget.ts';
import { limitError, undefinedError } from './error.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  OMIT_TEXT,
  Omit,
  Pending,
  PyBytes,
  PyCallable,
  PyNamespace,
  PyObject,
  PySet,
  PyTuple,
  Template,
  Undefined,
  Vaulted,
} from './special.ts';
import { asDict, asText, force, typeName } from './values.ts';

const DEPTH_MAX = 900;
const STEPS_OF_A_CONTAINER = 4;

/** Python's `str(value)`. Undefined raises. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return `${value}`;
  if (value instanceof Undefined) return strUndefined(value);
  if (value instanceof PyObject) return value.behaviour.str();
  if (value instanceof Template) return value.source;
  return asText(value) ?? repr(value);
}

function strUndefined(value: Undefined): string {
  if (value.isLenient) return '';
  throw undefinedError(value);
}

/** Python's `repr(value)`. */
export function repr(value: Value): string {
  return write(value, []);
}

function write(value: Value, parents: readonly Value[]): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'string':
      return reprText(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
    case 'bigint':
      return value.toString();
    default:
      return writeObject(value, parents);
  }
}

function writeObject(value: Exclude<Value, null>, parents: readonly Value[]): string {
  if (value instanceof PyFloat) return reprFloat(value.value);
  if (value instanceof Pending) return write(force(value), parents);
  countVisit(STEPS_OF_A_CONTAINER);
  if (parents.includes(value)) return Array.isArray(value) ? '[...]' : '{...}';
  if (parents.length > DEPTH_MAX)
    throw limitError('maximum recursion depth exceeded while getting the repr of an object');
  if (Array.isArray(value)) return `[${writeAll(value, [...parents, value])}]`;
  if (value instanceof Map || value instanceof LazyDict) return writeDict(value, parents);
  if (value instanceof PyTuple) {
    const items = writeAll(value.items, [...parents, value]);
    return value.items.length === 1 ? `(${items},)` : `(${items})`;
  }
  if (value instanceof PySet) {
    return value.items.size === 0 ? 'set()' : `{${writeAll([...value.items], [...parents, value])}}`;
  }
  return writeRare(value, [...parents, value]);
}

function writeDict(value: Value, parents: readonly Value[]): string {
  const within = [...parents, value];
  const entries = [...(asDict(value) ?? [])];
  return `{${joined(entries.map(([key, item]) => `${write(key, within)}: ${write(item, within)}`))}}`;
}

function writeAll(items: readonly Value[], parents: readonly Value[]): string {
  return joined(items.map((item) => write(item, parents)));
}

/** One value in many places could make a text without end. */
function joined(parts: readonly string[]): string {
  const text = parts.join(', ');
  if (text.length > limits.templateStringCharsMax)
    throw limitError('the template builds a text that is too large');
  return text;
}

function writeRare(value: Exclude<Value, null>, parents: readonly Value[]): string {
  if (value instanceof Undefined) return reprUndefined(value, parents);
  if (value instanceof Markup)
    return value.mark === 'html' ? `Markup(${reprText(value.text)})` : reprText(value.text);
  if (value instanceof Template) return reprText(value.source);
  if (value instanceof Vaulted) return reprText(value.plainText ?? value.ciphertext);
  if (value instanceof Omit) return reprText(OMIT_TEXT);
  if (value instanceof PyBytes) return reprBytes(value.bytes);
  if (value instanceof PyNamespace) return `<Namespace ${repr(value.attributes)}>`;
  if (value instanceof PyCallable)
    return value.typeName === 'type' ? `<class '${value.name}'>` : `<function ${value.name}>`;
  if (value instanceof LazyList) return value.repr();
  if (value instanceof PyObject) return (value.behaviour.repr ?? value.behaviour.str)();
  return `<${typeName(value)}>`;
}

function reprUndefined(value: Undefined, parents: readonly Value[]): string {
  if (value.isLenient) return 'Undefined';
  if (value.lack !== undefined) {
    const { of, key } = value.lack;
    return `AnsibleUndefined(hint=None, obj=${write(of, parents)}, name=${write(key, parents)})`;
  }
  const name = value.missing === undefined ? 'None' : reprText(value.missing);
  const hint = value.message === `'${value.missing}' is undefined` ? 'None' : reprText(value.message);
  return `AnsibleUndefined(hint=${hint}, obj=missing, name=${name})`;
}

const PLAIN = /^[ !#-&(-[\]-~]*$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** A str between quotes as Python prints it. */
export function reprText(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  checkMemory(text.length * limits.templateBytesPerChar);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'"]|[^\x20-\x7e]/gu, (character) => escapeCharacter(character, quote));
  return `${quote}${escaped}${quote}`;
}

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${character}`;
  const short = ESCAPES.get(character);
  if (short !== undefined) return short;
  if (!/[\p{C}\p{Z}]/u.test(character)) return character;
  return hexEscape(character);
}

/** A character as the shortest escape with hexadecimal digits: `\xe9`, `\u20ac`, `\U0001f600`. */
export function hexEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

function reprBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\'"]|[^\x20-\x7e]/g, (character) => {
    if (character === quote) return `\\${character}`;
    if (character === "'" || character === '"') return character;
    return ESCAPES.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `b${quote}${escaped}${quote}`;
}

/** A float as Python prints it: the shortest digits that read back the same, with `.0` or an exponent. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const plain = value.toString();
  return plain.includes('.') ? plain : `${plain}.0`;
}
