/** A password or key that prints as `***` until the byte where it is written. */

const MASK = '***';

/** Wraps a secret text. Strings and JSON show a mask, inspection shows nothing; only {@link Secret.reveal} gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Callers are listed in the tidy test. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }
}
