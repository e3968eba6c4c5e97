/** Values of INI inventories: Python literals where the text is one, else the text itself. */

import type { Value } from '../../base/value.ts';
import { literalEval } from '../../template/python/literal-eval.ts';
import { asTemplate, PyBytes, PyTuple } from '../../template/python/special.ts';

/** The value that Ansible gives to a text. Strings become templates when they hold template markers; bytes are text. */
export function parseIniValue(text: string): Value {
  // Most values are plain words, which no literal starts like.
  const isWord = /^[A-Za-z_/~]/.test(text) && !/^(?:True|False|None|set\(|[bBuUrR]{1,2}["'])/.test(text);
  const literal = isWord ? undefined : literalEval(text, false);
  return literal === undefined ? asTemplate(text) : withTemplates(literal);
}

function withTemplates(value: Value): Value {
  if (typeof value === 'string') return asTemplate(value);
  if (value instanceof PyBytes) return new TextDecoder().decode(value.bytes);
  if (Array.isArray(value)) return value.map(withTemplates);
  if (value instanceof PyTuple) return new PyTuple(value.items.map(withTemplates));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withTemplates(item)]));
  return value;
}
