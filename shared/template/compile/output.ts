/** What a template prints: one value that keeps its type, or, as soon as there are more, their text. */

import type { Value } from '../../base/value.ts';
import { countText } from '../budget.ts';
import { checkText } from '../python/arithmetic.ts';
import { str } from '../python/repr.ts';
import { Markup, PyBytes } from '../python/special.ts';
import { asText, typeName } from '../python/values.ts';

/** Pieces as they are printed. They become text at once: a template may change a list after it was printed. */
export class Output {
  /** How many pieces were printed. */
  count = 0;
  /** The first piece that is no text, with its place; Python cannot join it. */
  misfit: { readonly index: number; readonly typeName: string } | undefined;
  readonly #isText: boolean;
  #first: Value = null;
  #isFirstMarked = false;
  #text = '';

  /** `isText`: the first piece becomes text at once as well, as it does in files. */
  constructor(isText = false) {
    this.#isText = isText;
  }

  append(value: Value): void {
    if (typeof value !== 'string') this.#noteMisfit(value);
    if (this.count === 0) {
      this.#first = this.#isText ? textOf(value) : value;
      this.#isFirstMarked = value instanceof Markup && value.mark === 'verbatim';
    } else {
      if (this.count === 1) this.#text = textOf(this.#first);
      this.#text = checkText(this.#text + textOf(value));
    }
    this.count++;
  }

  /** The value that was printed when it was the only one. */
  get only(): Value | undefined {
    return this.count === 1 ? this.#first : undefined;
  }

  /** Whether the only value that was printed is text that is to stay text. */
  get isKept(): boolean {
    return this.count === 1 && this.#isFirstMarked;
  }

  /** The text of everything that was printed. */
  get text(): string {
    if (this.count === 1) return checkText(textOf(this.#first));
    countText(this.#text.length);
    return this.#text;
  }

  #noteMisfit(value: Value): void {
    if (this.misfit === undefined && asText(value) === undefined) {
      this.misfit = { index: this.count, typeName: typeName(value) };
    }
  }
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof PyBytes ? Buffer.from(value.bytes).toString('utf8') : str(value);
}
