/** Ansible's colour names, what each kind of output is coloured with, and the terminal codes behind the names. */

/** The kinds of output that have a colour of their own; `[colors]` of ansible.cfg sets them by these names. */
export type ColourRole =
  | 'changed'
  | 'debug'
  | 'deprecate'
  | 'diff_add'
  | 'diff_lines'
  | 'diff_remove'
  | 'error'
  | 'ok'
  | 'skip'
  | 'unreachable'
  | 'verbose'
  | 'warn';

/** A colour name for each role. */
export type Palette = Readonly<Record<ColourRole, string>>;

/** Ansible's defaults. */
export const defaultPalette: Palette = {
  changed: 'yellow',
  debug: 'dark gray',
  deprecate: 'purple',
  diff_add: 'green',
  diff_lines: 'cyan',
  diff_remove: 'red',
  error: 'red',
  ok: 'green',
  skip: 'cyan',
  unreachable: 'bright red',
  verbose: 'blue',
  warn: 'bright purple',
};

const CODES: Readonly<Record<string, string>> = {
  black: '0;30',
  blue: '0;34',
  'bright blue': '1;34',
  'bright cyan': '1;36',
  'bright gray': '0;37',
  'bright green': '1;32',
  'bright magenta': '1;35',
  'bright purple': '1;35',
  'bright red': '1;31',
  'bright yellow': '1;33',
  cyan: '0;36',
  'dark gray': '1;30',
  green: '0;32',
  magenta: '0;35',
  normal: '0',
  purple: '0;35',
  red: '0;31',
  white: '1;37',
  yellow: '0;33',
};

/** Colours each line of a text by itself, so that a pager may cut anywhere. Unknown names leave it as it is. */
export function paint(text: string, colour: string): string {
  const code = colourCode(colour);
  if (code === undefined) return text;
  return text
    .split('\n')
    .map((line) => `\u001b[${code}m${line}\u001b[0m`)
    .join('\n');
}

/** Named colours, `color0`–`color255`, `rgb000`–`rgb555` and `gray0`–`gray23`. */
function colourCode(colour: string): string | undefined {
  const match = /^(?:color(\d+)|rgb([0-5])([0-5])([0-5])|gray(\d+))/.exec(colour);
  if (match === null) return CODES[colour];
  const [, index, red, green, blue, gray] = match;
  if (index !== undefined) return `38;5;${Number(index)}`;
  if (gray !== undefined) return `38;5;${232 + Number(gray)}`;
  return `38;5;${16 + 36 * Number(red) + 6 * Number(green) + Number(blue)}`;
}
