/** Takes the replacement fields of `str.format` apart: `{0.name[key]!r:>10}`. */

import { valueError } from './error.ts';

/** A field; `end` is the place behind its closing brace. */
export type FormatField = {
  readonly name: string;
  readonly conversion: string | undefined;
  readonly spec: string;
  readonly end: number;
};

/** The field whose brace stands at `start`; raises Python's ValueError. */
export function readField(text: string, start: number): FormatField {
  if (start === text.length - 1) throw valueError("Single '{' encountered in format string");
  const stop = nameEnd(text, start + 1);
  const name = text.slice(start + 1, stop);
  const mark = text[stop];
  if (mark === '}') return { name, conversion: undefined, spec: '', end: stop + 1 };
  if (mark === undefined) throw valueError("expected '}' before end of string");
  if (mark === ':') return { name, conversion: undefined, ...readSpec(text, stop + 1) };
  const [conversion] = text.slice(stop + 1);
  if (conversion === undefined) {
    throw valueError('end of string while looking for conversion specifier');
  }
  const behind = stop + 1 + conversion.length;
  if (text[behind] === '}') return { name, conversion, spec: '', end: behind + 1 };
  if (text[behind] !== ':' && text[behind] !== undefined) {
    throw valueError("expected ':' after conversion specifier");
  }
  return { name, conversion, ...readSpec(text, behind + 1) };
}

/** Where `}`, `:` or `!` ends a name; in brackets they do not. */
function nameEnd(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (character === '{') throw valueError("unexpected '{' in field name");
    if (character === '}' || character === ':' || character === '!') return index;
    if (character !== '[') continue;
    const closing = text.indexOf(']', index);
    if (closing < 0) return text.length;
    index = closing;
  }
  return text.length;
}

function readSpec(text: string, start: number): { readonly spec: string; readonly end: number } {
  let open = 1;
  for (let index = start; index < text.length; index++) {
    if (text[index] === '{') open++;
    if (text[index] === '}') open--;
    if (open === 0) return { spec: text.slice(start, index), end: index + 1 };
  }
  throw valueError("unmatched '{' in format spec");
}

/** One step from a value to a part of it. */
export type PathStep = { readonly kind: 'attribute' | 'item'; readonly key: string };

/** The argument that a name begins with, and the way from there. */
export function readPath(name: string): { readonly first: string; readonly steps: readonly PathStep[] } {
  const [first = ''] = /^[^.[]*/.exec(name) ?? [];
  const steps: PathStep[] = [];
  for (let at = first.length; at < name.length; ) {
    const isItem = name[at] === '[';
    if (!isItem && name[at] !== '.') {
      throw valueError("Only '.' or '[' may follow ']' in format field specifier");
    }
    const rest = name.slice(at + 1);
    const length = isItem ? rest.indexOf(']') : rest.search(/[.[]|$/);
    if (length < 0) throw valueError("Missing ']' in format string");
    if (length === 0) throw valueError('Empty attribute in format string');
    steps.push({ kind: isItem ? 'item' : 'attribute', key: rest.slice(0, length) });
    at += 1 + length + (isItem ? 1 : 0);
  }
  return { first, steps };
}
