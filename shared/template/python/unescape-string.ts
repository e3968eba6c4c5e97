/** Python's escapes in string literals. */

const ESCAPE = /\\(x[\s\S]{0,2}|u[\s\S]{0,4}|U[\s\S]{0,8}|N(?:\{[^}]*\})?|[0-7]{1,3}|[\s\S])/g;

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** The text between the quotes with its escapes resolved, or what is wrong with it in Python's words. */
export function unescapeString(text: string): { readonly text: string; readonly error: string | undefined } {
  if (!text.includes('\\')) return { text, error: undefined };
  let error: string | undefined;
  const unescaped = text.replace(ESCAPE, (whole: string, code: string) => {
    const letter = code[0] ?? '';
    const size = HEX_DIGITS.get(letter);
    if (size !== undefined) {
      const digits = code.slice(1, size + 1);
      if (digits.length === size && /^[0-9a-fA-F]+$/.test(digits))
        return fromCode(Number.parseInt(digits, 16));
      error ??= `truncated \\${letter}${letter.toUpperCase() === 'U' ? 'X'.repeat(size) : 'XX'} escape`;
      return '';
    }
    if (letter === 'N') {
      error ??= 'unknown Unicode character name';
      return '';
    }
    if (/^[0-7]+$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return LETTERS.get(letter) ?? whole;
  });
  return { text: unescaped, error };

  function fromCode(code: number): string {
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    error ??= 'illegal Unicode character';
    return '';
  }
}
