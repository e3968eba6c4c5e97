/** What most likely went wrong where YAML could not be read. */

/** A sentence that helps, from the line where the parser stopped, or undefined. */
export function syntaxHint(text: string, offset: number): string | undefined {
  const lines = text.split('\n');
  const at = Math.min(text.slice(0, offset).split('\n').length - 1, lines.length - 1);
  return [lines[at], lines[at - 1]].map((line) => lineHint(line ?? '')).find((hint) => hint !== undefined);
}

function lineHint(line: string): string | undefined {
  if (/^\s*\t/.test(line)) return 'Tabs may not indent YAML: use spaces.';
  if (/^\s*(?:- )?\s*[\w.-]+:\s+\{\{/.test(line)) {
    return 'A value that starts with a template needs quotes: "{{ name }}".';
  }
  if (
    /^\s*(?:- )?\s*[\w.-]+:\s+"[^"]*"\s*\S/.test(line) ||
    /^\s*(?:- )?\s*[\w.-]+:\s+'[^']*'\s*\S/.test(line)
  ) {
    return 'A value that starts with a quote ends with it: quote the whole value.';
  }
  const quotes = (line.match(/(?<!\\)["']/g) ?? []).length;
  if (quotes % 2 === 1) return 'A quote seems to be open: every quote needs its partner.';
  if (/^\s*(?:- )?\s*[\w.-]+:\s+[^"'\s].*:(?:\s|$)/.test(line)) {
    return 'A value with a colon and a space in it needs quotes.';
  }
  if (/:\s+[%@`]/.test(line)) return 'A value cannot start with %, @ or a backtick: quote it.';
  return undefined;
}
