/** Splits a JMESPath expression into tokens. */

import type { Value } from '../../base/value.ts';
import { loadJson } from '../formats/json.ts';

/** A token; `value` is set for names, numbers and literals. */
export type Token = { readonly type: string; readonly value: Value; readonly at: number };

/** What is wrong with an expression, or with what it is applied to. */
export class JmespathError extends Error {}

const TOKEN =
  /(?<space>[ \t\r\n]+)|(?<name>[A-Za-z_]\w*)|(?<number>-?\d+)|(?<quoted>"(?:[^"\\]|\\[\s\S])*")|(?<raw>'(?:[^'\\]|\\[\s\S])*')|(?<literal>`(?:[^`\\]|\\[\s\S])*`)|(?<mark>\[\?|\[\]|\|\||&&|[<>=!]=|[.*\][,:@&<>(){}|!])/y;

/** The tokens of an expression, with one of type `eof` at the end. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (found === null)
      throw new JmespathError(`Bad jmespath expression: Unknown token ${source[at]}:\n${source}`);
    const token = tokenOf(found.groups ?? {}, at);
    if (token !== undefined) tokens.push(token);
    at += found[0].length;
  }
  return [...tokens, { type: 'eof', value: null, at }];
}

function tokenOf(groups: Record<string, string | undefined>, at: number): Token | undefined {
  const { name, number, quoted, raw, literal, mark } = groups;
  if (name !== undefined) return { type: 'name', value: name, at };
  if (number !== undefined) return { type: 'number', value: Number(number), at };
  if (quoted !== undefined) return { type: 'quoted', value: loadJson(quoted), at };
  if (raw !== undefined) return { type: 'literal', value: raw.slice(1, -1).replaceAll("\\'", "'"), at };
  if (literal !== undefined) return { type: 'literal', value: literalOf(literal.slice(1, -1)), at };
  return mark === undefined ? undefined : { type: mark, value: null, at };
}

/** A literal is JSON; what is none stands for its own text, as JMESPath once had it. */
function literalOf(text: string): Value {
  const json = text.replaceAll('\\`', '`').trimStart();
  try {
    return loadJson(json);
  } catch {
    return loadJson(`"${json}"`);
  }
}
