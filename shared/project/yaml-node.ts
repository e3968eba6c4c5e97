/** A YAML or JSON document with the place of everything in it: what the playbook loader reads. */

import type { Position } from '../base/diagnostic.ts';
import type { Dict, Value } from '../base/value.ts';

type YamlScalar = { readonly kind: 'scalar'; readonly value: Value; readonly position: Position };

type YamlList = {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly value: Value[];
  readonly position: Position;
};

export type YamlDict = {
  readonly kind: 'dict';
  readonly entries: ReadonlyMap<Value, YamlEntry>;
  readonly value: Dict;
  readonly position: Position;
};

/** A value together with the place of its key. */
export type YamlEntry = { readonly key: Position; readonly node: YamlNode };

/** One node; `value` is the same without positions, and shared where an alias repeats it. */
export type YamlNode = YamlScalar | YamlList | YamlDict;
