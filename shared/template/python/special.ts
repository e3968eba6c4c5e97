/** The classes behind `Special`: Python values without a JSON form, and values that are not there yet. */

import type { Position } from '../../base/diagnostic.ts';
import type { Dict, Special, Value } from '../../base/value.ts';

/** A Python tuple. */
export class PyTuple implements Special {
  readonly special = 'tuple';
  readonly items: readonly Value[];
  /** Names under which items are attributes too, as of a named tuple. */
  readonly fields: readonly string[];

  constructor(items: readonly Value[], fields: readonly string[] = []) {
    this.items = items;
    this.fields = fields;
  }
}

/** Python bytes. */
export class PyBytes implements Special {
  readonly special = 'bytes';
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What more is known of an undefined value. */
export type UndefinedOrigin = {
  readonly isLenient?: boolean;
  readonly lack?: Undefined['lack'];
};

/** What reading a missing variable, key or attribute gives. Using it raises; testing it does not. */
export class Undefined implements Special {
  readonly special = 'undefined';
  /** The message that using it raises, in Jinja2's words. */
  readonly message: string;
  /** The missing name, when it is known. */
  readonly missing: string | undefined;
  /** The missing `else` of an inline `if`: prints as nothing and is false; only operating on it raises. */
  readonly isLenient: boolean;
  /** What has no such attribute or item, and which: printed where the undefined value stands in a list. */
  readonly lack: { readonly of: Value; readonly key: Value } | undefined;

  constructor(message: string, missing?: string, origin: UndefinedOrigin = {}) {
    this.message = message;
    this.missing = missing;
    this.isLenient = origin.isLenient ?? false;
    this.lack = origin.lack;
  }
}

/** The value of `omit`: a module argument that renders to it is left out. */
export class Omit implements Special {
  readonly special = 'omit';
}

/** How `omit` prints when it is made part of a text. */
export const OMIT_TEXT = '__omit_place_holder__';

/** The one `omit`. */
export const omit: Omit = new Omit();

/**
 * A string of a playbook or variable file that holds template markers: it is rendered each time it is read.
 * A plain string is never rendered: what was rendered once, came from a host or is `!unsafe` stays as it is.
 */
export class Template implements Special {
  readonly special = 'template';
  readonly source: string;
  readonly position: Position | undefined;
  /** A text without markers that is `!unsafe`: rendering gives it as it is, and `debug` does not look up what it names. */
  readonly isUnsafe: boolean;

  constructor(source: string, position?: Position, isUnsafe = false) {
    this.source = source;
    this.position = position;
    this.isUnsafe = isUnsafe;
  }
}

/**
 * A `!vault` scalar, decrypted when it is read. `ciphertext` is the whole envelope, header line included. One that a
 * variable holds comes with `open`: in templates it behaves as its plain text, unless a filter or test looks at the seal.
 */
export class Vaulted implements Special {
  readonly special = 'vaulted';
  readonly ciphertext: string;
  readonly position: Position | undefined;
  readonly #open: (() => string) | undefined;

  constructor(ciphertext: string, position?: Position, open?: () => string) {
    this.ciphertext = ciphertext;
    this.position = position;
    this.#open = open;
  }

  /** The same, opened by `decrypt` when its text is needed, once. */
  openedBy(decrypt: (ciphertext: string) => string): Vaulted {
    let plain: string | undefined;
    return new Vaulted(this.ciphertext, this.position, () => {
      plain ??= decrypt(this.ciphertext);
      return plain;
    });
  }

  /** The plain text, where it is known how to open it. */
  get plainText(): string | undefined {
    return this.#open?.();
  }
}

/** A value still on its way from a host: a cell that is written once. Reading it before suspends the render. */
export class Pending implements Special {
  readonly special = 'pending';
  readonly arrived: Promise<void>;
  #value: Value | undefined;
  #announce: () => void = () => undefined;

  constructor() {
    this.arrived = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  /** The value, or undefined while it is on its way. */
  get value(): Value | undefined {
    return this.#value;
  }

  /** Writes the value and wakes the renders that wait for it. Writing twice is our bug. */
  settle(value: Value): void {
    if (this.#value !== undefined) throw new Error('a pending value was settled twice');
    this.#value = value;
    this.#announce();
  }
}

/** A dict whose values are computed when they are read: `hostvars`, `vars`. Behaves as a dict in templates. */
export class LazyDict implements Special {
  readonly special = 'lazy-dict';
  readonly get: (key: Value) => Value | undefined;
  readonly keys: () => readonly Value[];
  /** The class that messages about missing attributes name. */
  readonly typeName: string;

  constructor(get: (key: Value) => Value | undefined, keys: () => readonly Value[], typeName = 'dict') {
    this.get = get;
    this.keys = keys;
    this.typeName = typeName;
  }

  /** Reads everything into a plain dict. */
  toDict(): Dict {
    return new Map(this.keys().map((key) => [key, this.get(key) ?? null]));
  }
}

/** A Python set, in insertion order. Items went through `dictKey` of dict-key.ts. */
export class PySet implements Special {
  readonly special = 'set';
  readonly items: Set<Value>;

  constructor(items: Iterable<Value> = []) {
    this.items = new Set(items);
  }
}

/** Text with a mark; behaves as a str otherwise. */
export class Markup implements Special {
  readonly special = 'markup';
  readonly text: string;
  /** `html`: made safe for HTML. `verbatim`: made by a filter such as `to_json`, so it stays text when it is printed alone. */
  readonly mark: 'html' | 'verbatim';
  /** Found by a lookup, which Ansible keeps track of in the name of the class. */
  readonly isLookedUp: boolean;

  constructor(text: string, mark: 'html' | 'verbatim' = 'html', isLookedUp = false) {
    this.text = text;
    this.mark = mark;
    this.isLookedUp = isLookedUp;
  }
}

/** What `namespace()` makes: the only thing whose attributes a template may set. */
export class PyNamespace implements Special {
  readonly special = 'namespace';
  readonly attributes: Dict;

  constructor(attributes: Dict) {
    this.attributes = attributes;
  }
}

/** Keyword arguments of a call. */
export type Kwargs = ReadonlyMap<string, Value>;

/** A function that a template can call: a global one, a method bound to its value, a block. */
export class PyCallable implements Special {
  readonly special = 'callable';
  readonly name: string;
  readonly call: (args: readonly Value[], kwargs: Kwargs) => Value;
  /** Attributes of the few functions that have some: `super.super`. */
  readonly attribute: ((name: string) => Value | undefined) | undefined;
  /** The class that messages name. */
  readonly typeName: string;

  constructor(
    name: string,
    call: (args: readonly Value[], kwargs: Kwargs) => Value,
    attribute?: (name: string) => Value | undefined,
    typeName = 'function',
  ) {
    this.name = name;
    this.call = call;
    this.attribute = attribute;
    this.typeName = typeName;
  }
}

/** How an object of a rarer Python class behaves; what is left out raises Python's TypeError. */
export type ObjectBehaviour = {
  /** The class name in messages, with its module where Python prints it: `datetime.datetime`. */
  readonly typeName: string;
  readonly str: () => string;
  /** What it prints as inside lists; `str` when left out. */
  readonly repr?: () => string;
  readonly attribute?: (name: string) => Value | undefined;
  readonly item?: (key: Value) => Value | undefined;
  readonly iterate?: () => Iterable<Value>;
  readonly length?: () => number;
  readonly isTrue?: () => boolean;
  readonly call?: (args: readonly Value[], kwargs: Kwargs) => Value;
  /** Negative, zero or positive; undefined when the other cannot be compared. */
  readonly compare?: (other: Value) => number | undefined;
  /** `self <operator> other`, or `other <operator> self` when reflected; undefined when there is no such operation. */
  readonly operate?: (operator: string, other: Value, isReflected: boolean) => Value | undefined;
  /** The JS data behind it, for filters that know the class. */
  readonly payload?: unknown;
};

/** An object of a rarer Python class: a datetime, a cycler, a template module. */
export class PyObject implements Special {
  readonly special = 'object';
  readonly behaviour: ObjectBehaviour;

  constructor(behaviour: ObjectBehaviour) {
    this.behaviour = behaviour;
  }
}

/** A sequence that is not a list: `range`, the views of a dict. Printing it at top level gives a list, as Ansible does. */
export class LazyList implements Special {
  readonly special = 'lazy-list';
  /** `range`, `dict_keys`, `dict_values`, `dict_items`, `generator`. */
  readonly typeName: string;
  readonly length: number;
  readonly at: (index: number) => Value;
  /** What Python prints for it inside other text. */
  readonly repr: () => string;

  constructor(typeName: string, length: number, at: (index: number) => Value, repr: () => string) {
    this.typeName = typeName;
    this.length = length;
    this.at = at;
    this.repr = repr;
  }

  *[Symbol.iterator](): IterableIterator<Value> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }
}

/** Makes a string of a playbook into what the render needs: itself without template markers, else a {@link Template}. */
export function asTemplate(source: string, position?: Position): string | Template {
  return hasMarkers(source) ? new Template(source, position) : source;
}

/** Whether Ansible would look into `text` for templates: it holds `{{`, `{%` or `{#`. */
export function hasMarkers(text: string): boolean {
  const brace = text.indexOf('{');
  return (
    brace >= 0 && (text.includes('{{', brace) || text.includes('{%', brace) || text.includes('{#', brace))
  );
}
