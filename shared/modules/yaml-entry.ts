/** Cuts one entry out of a large block-style YAML file, so that only that entry has to be parsed. */

/**
 * Returns the text of the entry at these keys, as YAML of its own; undefined when there is none; `unclear` when the
 * file is not written in plain blocks and has to be parsed whole.
 */
export function cutYamlEntry(text: string, keys: readonly string[]): string | 'unclear' | undefined {
  let block: readonly string[] = text.split('\n');
  for (const [depth, key] of keys.entries()) {
    const entry = findEntry(block, key);
    if (entry === undefined) return undefined;
    const isLast = depth === keys.length - 1;
    if (isLast) return [entry.value, ...entry.block].join('\n');
    if (entry.value.replace(/#.*/, '').trim() !== '') return 'unclear';
    block = entry.block;
  }
  return undefined;
}

type Entry = { readonly value: string; readonly block: readonly string[] };

function findEntry(lines: readonly string[], key: string): Entry | undefined {
  const indent = indentOf(lines.find(isContent) ?? '');
  const start = lines.findIndex((line) => indentOf(line) === indent && keyOf(line) === key);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => isContent(line) && indentOf(line) <= indent);
  const line = lines[start] ?? '';
  return { value: line.slice(line.indexOf(':') + 1), block: end < 0 ? rest : rest.slice(0, end) };
}

function keyOf(line: string): string | undefined {
  return /^\s*(["']?)([\w.]+)\1\s*:(?:\s|$)/.exec(line)?.[2];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isContent(line: string): boolean {
  return !/^\s*(?:#|$|---)/.test(line);
}
