/** The classes behind `Special`: Python values without a JSON form, and values that are not there yet. */

import type { Position } from '../base/diagnostic.ts';
import type { Dict, Special, Value } from '../base/value.ts';

/** A Python tuple. */
export class PyTuple implements Special {
  readonly special = 'tuple';
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
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

/** What reading a missing variable, key or attribute gives. Using it raises; testing it does not. */
export class Undefined implements Special {
  readonly special = 'undefined';
  /** The message that using it raises, in Jinja2's words. */
  readonly message: string;
  /** The missing name, when it is known. */
  readonly missing: string | undefined;

  constructor(message: string, missing?: string) {
    this.message = message;
    this.missing = missing;
  }
}

/** The value of `omit`: a module argument that renders to it is left out. */
export class Omit implements Special {
  readonly special = 'omit';
}

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

  constructor(source: string, position?: Position) {
    this.source = source;
    this.position = position;
  }
}

/** A `!vault` scalar, decrypted when it is read. `ciphertext` is the whole envelope, header line included. */
export class Vaulted implements Special {
  readonly special = 'vaulted';
  readonly ciphertext: string;
  readonly position: Position | undefined;

  constructor(ciphertext: string, position?: Position) {
    this.ciphertext = ciphertext;
    this.position = position;
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

  constructor(get: (key: Value) => Value | undefined, keys: () => readonly Value[]) {
    this.get = get;
    this.keys = keys;
  }

  /** Reads everything into a plain dict. */
  toDict(): Dict {
    return new Map(this.keys().map((key) => [key, this.get(key) ?? null]));
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
