/** Where the texts inside of a value come from, which Python knows by their class and `type_debug` tells. */

import { isDict, type Value } from '../base/value.ts';

/** The class of a text, and those of the texts inside of a list or dict: all alike, or part by part. */
export type TextOrigin = {
  readonly own: string;
  /** Absent: as `own`. */
  readonly inside?: TextOrigin | ReadonlyMap<Value, TextOrigin>;
  /** The lists and dicts inside of it are as the YAML loader made them. */
  readonly isLoaded?: boolean;
};

/** Text of a playbook or variable file. */
export const WRITTEN: TextOrigin = { own: 'AnsibleUnicode' };
/** Text from a module, a lookup or a file. */
export const RECEIVED: TextOrigin = { own: 'AnsibleUnsafeText' };
/** Text that stays text, whatever it looks like: from a filter such as `to_json`, and from a lookup that was asked for it. */
export const KEPT_AS_TEXT: TextOrigin = { own: 'NativeJinjaText' };
export const RECEIVED_AS_TEXT: TextOrigin = { own: 'NativeJinjaUnsafeText' };
/** Text that a template or Ansible itself made. */
export const COMPUTED: TextOrigin = { own: 'str' };

/** Whether the text comes from outside, so that nothing in it may be evaluated. */
export function isFromOutside({ own }: TextOrigin): boolean {
  return own === RECEIVED.own || own === RECEIVED_AS_TEXT.own;
}

/** Whether the text is never read as a list, dict or number. */
export function isKeptAsText({ own }: TextOrigin): boolean {
  return own === KEPT_AS_TEXT.own || own === RECEIVED_AS_TEXT.own;
}

/** The class that Python has for a `str`, `dict` or `list` of that origin. */
export function classOf(plain: 'dict' | 'list' | 'str', origin: TextOrigin): string {
  switch (plain) {
    case 'str':
      return origin.own;
    case 'dict':
      return origin.isLoaded === true ? 'AnsibleMapping' : plain;
    case 'list':
      return origin.isLoaded === true ? 'AnsibleSequence' : plain;
    default:
      return plain satisfies never;
  }
}

const MODULES: Readonly<Record<string, string>> = {
  AnsibleUnicode: 'ansible.parsing.yaml.objects.',
  AnsibleUnsafeText: 'ansible.utils.unsafe_proxy.',
  NativeJinjaText: 'ansible.utils.native_jinja.',
  NativeJinjaUnsafeText: 'ansible.utils.unsafe_proxy.',
};

/** A text of that origin in Jinja2's messages, such as `str object`. */
export function describeText({ own }: TextOrigin): string {
  return `${MODULES[own] ?? ''}${own} object`;
}

/** The origin as data that goes with `value`: a class that all of its texts have, or what its parts have. */
export function describeOrigin(value: Value, origin: TextOrigin): Value {
  if (typeof value === 'string') return origin.own;
  const { inside } = origin;
  if (inside === undefined) return origin.own;
  if ('own' in inside && inside.inside === undefined) return inside.own;
  const partOf = (key: Value): TextOrigin => ('own' in inside ? inside : (inside.get(key) ?? COMPUTED));
  if (Array.isArray(value)) return value.map((item, index) => describeOrigin(item, partOf(index)));
  if (isDict(value))
    return new Map([...value].map(([key, item]) => [key, describeOrigin(item, partOf(key))]));
  return null;
}

/** The origin that {@link describeOrigin} described. */
export function readOrigin(described: Value | undefined): TextOrigin {
  if (typeof described === 'string') return { own: described };
  if (isDict(described))
    return { own: 'str', inside: new Map([...described].map(([key, part]) => [key, readOrigin(part)])) };
  if (Array.isArray(described))
    return { own: 'str', inside: new Map(described.map((part, index) => [index, readOrigin(part)])) };
  return COMPUTED;
}
