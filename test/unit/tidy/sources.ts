/** The project's TypeScript files, and light readings of them: imports, functions, code without comments and strings. */

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type Source = {
  /** From the project's root, with `/`. */
  readonly name: string;
  readonly text: string;
  /** The text with the content of comments, strings and templates blanked out; lines stay where they are. */
  readonly code: string;
};

export type Import = { readonly specifier: string; readonly isTypeOnly: boolean };

export type Extent = { readonly name: string; readonly line: number; readonly lines: number };

const root = path.join(import.meta.dirname, '../../..');
const FOLDERS = ['shared', 'functions', 'cli', 'scripts', 'bench', 'examples', 'test'];

export const sources: readonly Source[] = FOLDERS.flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { cwd: root }),
)
  .sort()
  .map((name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    return { name, text, code: blank(text) };
  });

/** What the product is made of: not tests, benches, scripts and examples. */
export const productSources: readonly Source[] = sources.filter(({ name }) =>
  /^(shared|functions|cli)\//.test(name),
);

export function importsOf({ text }: Source): Import[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm,
  );
  const dynamic = text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [
    ...[...statements].map(([, type, from, bare]) => ({
      specifier: from ?? bare ?? '',
      isTypeOnly: type !== undefined,
    })),
    ...[...dynamic].map(([, specifier = '']) => ({ specifier, isTypeOnly: false })),
  ];
}

/** The project's file that an import names; `undefined` for packages. */
export function importedFile(from: Source, specifier: string): string | undefined {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from.name), specifier) : undefined;
}

/** Functions and methods that open at a line's end and close with a brace at the same indentation, as the formatter writes them. */
export function functionsOf({ code }: Source): Extent[] {
  const lines = code.split('\n');
  return lines.flatMap((line, index) => {
    const opening =
      /^(\s*)(?:export )?(?:async )?(?:function\*? (\w+)|(?:readonly |static |private |override )*(?:async )?\*?(#?\w+)\()/.exec(
        line,
      );
    if (opening === null || /^\s*(if|for|while|switch|return|catch)\b/.test(line)) return [];
    const [, indent = '', named, method] = opening;
    const start = lines.findIndex((candidate, at) => at >= index && /\{$/.test(candidate));
    if (start < 0 || !isSignature(lines.slice(index, start + 1), indent)) return [];
    const end = lines.findIndex((candidate, at) => at > start && candidate === `${indent}}`);
    return end < 0 ? [] : [{ name: named ?? method ?? '', line: index + 1, lines: end - index + 1 }];
  });
}

/** A call's argument is no method: a signature ends before anything is closed with a semicolon. */
function isSignature(lines: readonly string[], indent: string): boolean {
  return (
    lines.every((line) => !line.includes(';') || line.includes('{')) &&
    lines.slice(1).every((line) => line.startsWith(indent)) &&
    /\)(: [^=]*)? \{$/.test(lines.at(-1) ?? '')
  );
}

/** Blanks comments, strings, templates and regular expressions, so that words in them are not taken for code. */
function blank(text: string): string {
  const pieces =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:[!&|?{};+]\s*|return\s+)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/[a-z]*/g;
  return text.replaceAll(pieces, (piece) => piece.replaceAll(/[^\n]/g, ' '));
}
