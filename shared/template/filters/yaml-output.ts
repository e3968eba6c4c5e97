/** The text of a YAML document while it grows: column, indentation, and what white space stands before the next mark. */

/** Lives as long as one document is written. */
export class YamlOutput {
  readonly #out: string[] = [];
  readonly #step: number;
  readonly #indents: number[] = [];
  #indent = -1;
  column = 0;
  /** The last character written was white space, or nothing was written yet. */
  whitespace = true;
  /** Nothing but indentation stands on this line. */
  indention = true;
  /** The last scalar was a block that keeps its trailing line ends. */
  isOpenEnded = false;

  constructor(step: number) {
    this.#step = step;
  }

  /** All that was written. */
  text(): string {
    return this.#out.join('');
  }

  /** Writes text without line ends. */
  put(text: string): void {
    this.#out.push(text);
    this.column += [...text].length;
  }

  /** Ends the line. */
  putBreak(): void {
    this.#out.push('\n');
    this.column = 0;
  }

  /** Writes a line end that is part of a scalar. */
  writeBreak(char: string): void {
    if (char === '\n') this.putBreak();
    else {
      this.#out.push(char);
      this.column = 0;
    }
  }

  /** Goes to the current indentation, on a new line when needed. */
  writeIndent(): void {
    const indent = Math.max(0, this.#indent);
    const isOff = this.column > indent || (this.column === indent && !this.whitespace);
    if (!this.indention || isOff) this.putBreak();
    if (this.column < indent) this.put(' '.repeat(indent - this.column));
    this.whitespace = true;
    this.indention = true;
  }

  /** Writes one of YAML's own marks, after a space when one is needed. */
  indicator(text: string, how: { before: boolean; whitespace?: boolean; indention?: boolean }): void {
    if (how.before && !this.whitespace) this.put(' ');
    this.put(text);
    this.whitespace = how.whitespace === true;
    this.indention = this.indention && how.indention === true;
    this.isOpenEnded = false;
  }

  /** One level deeper; a sequence inside a mapping stays where it is. */
  increaseIndent(isFlow: boolean, isIndentless: boolean): void {
    this.#indents.push(this.#indent);
    if (this.#indent < 0) this.#indent = isFlow ? this.#step : 0;
    else if (!isIndentless) this.#indent += this.#step;
  }

  /** Back to the level before. */
  decreaseIndent(): void {
    this.#indent = this.#indents.pop() ?? -1;
  }
}
