/** Reads Python source as far as it takes to tell code from text: its tokens and what it imports. */

/** A comment, a string literal, a line end, blanks, a word, or one other character. */
const TOKEN =
  /#[^\n]*|[rRbBuUfF]{0,2}(?:"""(?:\\[\s\S]|(?!""")[\s\S])*"""|'''(?:\\[\s\S]|(?!''')[\s\S])*'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')|\n| +|[A-Za-z0-9_]+|[\s\S]/g;

/** Splits source into tokens that together are the source without its comments. */
export function pythonTokens(source: string): readonly string[] {
  return (source.match(TOKEN) ?? []).filter((token) => !token.startsWith('#'));
}

/** One imported name: `from a.b import c` gives module `a.b` and name `c`; `import a.b` gives no name. */
export type PythonImport = {
  /** Leading dots of a relative import; 0 is absolute. */
  readonly level: number;
  readonly module: string;
  readonly name: string | undefined;
};

const IMPORT = /^\s*(?:from\s+(\.*)\s*([\w.]*)\s+import\s+(.+)|import\s+(.+))$/;

/** All imports of a source, wherever they stand in it; what a condition would skip is imported too. */
export function pythonImports(source: string): readonly PythonImport[] {
  return logicalLines(source).flatMap((line): readonly PythonImport[] => {
    const [, dots = '', module = '', names, plain] = IMPORT.exec(line) ?? [];
    if (plain !== undefined)
      return importedNames(plain).map((name) => ({ level: 0, module: name, name: undefined }));
    if (names === undefined) return [];
    return importedNames(names).map((name) => ({ level: dots.length, module, name }));
  });
}

function importedNames(list: string): readonly string[] {
  return list
    .replace(/[()]/g, ' ')
    .split(',')
    .map((item) => item.trim().split(/\s/)[0] ?? '')
    .filter((name) => name !== '');
}

/** Statements that may be imports, without strings, on one line each. */
function logicalLines(source: string): readonly string[] {
  if (!source.includes('import')) return [];
  let depth = 0;
  let text = '';
  for (const token of pythonTokens(source)) {
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth -= 1;
    if (token === '\n') text += depth > 0 || text.endsWith('\\') ? ' ' : '\n';
    else text += /^[rRbBuUfF]{0,2}["']/.test(token) ? '""' : token;
  }
  return text
    .replaceAll('\\ ', ' ')
    .split(/[\n;]/)
    .map((line) => line.replace(/^.*:\s*(?=(?:from|import)\s)/, ''))
    .filter((line) => /^\s*(?:from|import)\s/.test(line));
}
