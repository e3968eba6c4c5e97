/** Filters that newer releases of the collection community.general have: accumulate, to_yaml and to_nice_yaml. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import { operate } from '../python/arithmetic.ts';
import { repr } from '../python/repr.ts';
import { Vaulted } from '../python/special.ts';
import { asDict, asSequence, asText, force, isTrue, toList } from '../python/values.ts';
import { dumpYaml } from './formats.ts';
import { isSequence } from './sequence.ts';

/** The filters. */
export const newerFilters: readonly Builtin[] = [
  { name: 'accumulate', signature: '', call: (_env, value) => accumulate(force(value)) },
  {
    name: 'to_yaml',
    signature: '*, redact_sensitive_values=False, default_flow_style=None, **kwargs',
    call: (_env, value, redact = false, flow = null, kwargs = null) =>
      toYaml(value, redact, [['default_flow_style', flow], ...(asDict(kwargs) ?? [])]),
  },
  {
    name: 'to_nice_yaml',
    signature: '*, redact_sensitive_values=False, indent=2, default_flow_style=False, **kwargs',
    call: (_env, value, redact = false, indent = 2, flow = false, kwargs = null) =>
      toYaml(value, redact, [['indent', indent], ['default_flow_style', flow], ...(asDict(kwargs) ?? [])]),
  },
];

function accumulate(value: Value): Value {
  if (!isSequence(value) && asText(value) === undefined) {
    throw filterError(`Invalid value type (${classText(value)}) for accumulate (${repr(value)})`);
  }
  const sums: Value[] = [];
  for (const item of toList(value)) {
    const before = sums.at(-1);
    sums.push(before === undefined ? force(item) : operate('+', before, force(item)));
  }
  return sums;
}

function toYaml(value: Value, redact: Value, options: readonly (readonly [Value, Value])[]): Value {
  return dumpYaml(withoutSeals(value, isTrue(redact)), new Map(options));
}

/** Vaulted texts as plain texts, or made unreadable. */
function withoutSeals(raw: Value, isRedacted: boolean): Value {
  const value = force(raw);
  if (value instanceof Vaulted) return isRedacted ? '<redacted>' : (value.plainText ?? '');
  const entries = asDict(value);
  if (entries !== undefined) {
    return new Map(
      [...entries].map(([key, item]) => [withoutSeals(key, isRedacted), withoutSeals(item, isRedacted)]),
    );
  }
  return asSequence(value)?.map((item) => withoutSeals(item, isRedacted)) ?? value;
}
