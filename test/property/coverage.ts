/** What random templates reach: how many cases hold each feature of the language, filter, test and method. */

import { FILTER_CALLS, LOOKUPS, METHOD_CALLS, SET_CALLS, TEST_CALLS } from './calls.ts';
import type { PropertyCase } from './cases.ts';
import { textOf } from './node.ts';

type Feature = readonly [name: string, isIn: RegExp];

const TAG = '\\{%[-+]? ';

const LANGUAGE: readonly Feature[] = [
  ['if', new RegExp(`${TAG}if `)],
  ['elif', new RegExp(`${TAG}elif `)],
  ['for', new RegExp(`${TAG}for `)],
  ['for … if', /\{%[-+]? for [^%]* if /],
  ['for … else', /\{%[-+]? for .*\{%[-+]? else /s],
  ['recursive for', / recursive/],
  ['break', /\{% break/],
  ['continue', /\{% continue/],
  ['unpacking', /for item, w in/],
  ...[
    'index',
    'index0',
    'first',
    'last',
    'length',
    'revindex',
    'revindex0',
    'previtem',
    'nextitem',
    'depth',
  ].map((name): Feature => [`loop.${name}`, new RegExp(`loop\\.${name}\\b`)]),
  ['loop.cycle', /loop\.cycle/],
  ['loop.changed', /loop\.changed/],
  ['set', /\{%[-+]? set \w+ =/],
  ['set of several', /set v, w =/],
  ['set block', /set kept [-+]?%/],
  ['set block with filter', /set kept \|/],
  ['namespace', /namespace\(/],
  ['namespace attribute', /set ns\./],
  ['filter block', new RegExp(`${TAG}filter `)],
  ['with', new RegExp(`${TAG}with `)],
  ['do', new RegExp(`${TAG}do `)],
  ['macro', new RegExp(`${TAG}macro `)],
  ['macro with defaults', /macro m\([^)]*=/],
  ['varargs', /varargs/],
  ['kwargs', /kwargs/],
  ['caller', /caller\(/],
  ['call block', new RegExp(`${TAG}call `)],
  ['call block with arguments', new RegExp(`${TAG}call\\(`)],
  ['block', new RegExp(`${TAG}block `)],
  ['scoped block', / scoped /],
  ['self', /self\.one/],
  ['extends', /extends/],
  ['super', /super\(\)/],
  ['include', /include "a/],
  ['include of several', /include \[/],
  ['ignore missing', /ignore missing/],
  ['import', /import "m/],
  ['from import', /from "m/],
  ['without context', /without context/],
  ['with context', /with context/],
  ['raw', new RegExp(`${TAG}raw`)],
  ['comment', /\{#/],
  ['trim before', /\{[%{]-/],
  ['trim after', /-[%}]\}/],
  ['keep before', /\{%\+/],
  ['keep after', /\+%\}/],
  ['#jinja2 header', /^#jinja2:/],
  ['inline if', / if .* else /],
  ['inline if without else', /\((?:(?! else ).)* if (?:(?! else ).)*\)/],
  ['chained comparison', /<= \S+ < /],
  ['slice', /\[[^\]'"]*:[^\]'"]*\]/],
  ['slice with step', /\[[^\]'":]*:[^\]'":]*:[^\]'"]*\]/],
  ['nested macros', /macro o\(.*macro n\(/s],
  ['recursion over pairs', /for k, v in .* recursive/],
  ['name set again', /\{% set v = .*\{% set v = .*\{\{ v \}\}/s],
  ['width from arguments', /"%[-+.0]*\*/],
  ['nested format spec', /\{[01]?[^{}]*:[^{}]*\{1?\}/],
  ['text like a literal', /"(?:\[|\(|\{1: |0x)" ~ /],
  ['**', /\*\* /],
  ['//', /\/\/ /],
  ['~', / ~ /],
  ['% with a tuple', /" % \(/],
  ['% with a dict', /"%\(a\)s-%\(b\)/],
  ['format spec', /\{[01a]?[^{}"]*:[^{}"]+\}.*"\.format/],
  ['test without parentheses', / is (?:not )?\w+ (?:2|"a"|i|\[1\]|none)/],
  ['is not', / is not /],
  ['not in', / not in /],
  ['implicit concatenation', /(?:'[^'"]*'|"[^'"]*") ['"]/],
  ['numeric underscores', /1_0|dead_beef/],
  ['string escapes', /\\x41|\\101|\\U0001f600/],
  ['arguments by *', /\(\*/],
  ['arguments by **', /\(\*\*/],
  ['undefined', /\bmissing\b/],
  ['nested undefined', /missing\.a\.b|d\.zz\.yy|\[missing\]/],
  ['undef()', /undef\(/],
  ['lookup', /lookup\(/],
  ['query', /\b(?:query|q)\(/],
  ['cycler', /cycler\(/],
  ['joiner', /joiner\(/],
  ['big int', /\d{16,}/],
  ['astral characters', /[\u{10000}-\u{10ffff}]/u],
];

const NAMES: readonly Feature[] = [
  ...FILTER_CALLS.map(({ name }): Feature => [`|${name}`, new RegExp(`\\|${name}(?![\\w.])`)]),
  ...TEST_CALLS.map(
    ({ name }): Feature => [`is ${name}`, new RegExp(`is (?:not )? ?${escaped(name)}(?![\\w=])`)],
  ),
  ...METHOD_CALLS.map(({ name }): Feature => [name, new RegExp(`${escaped(name)}(?!\\w)`)]),
  ...SET_CALLS.map(({ name }): Feature => [`set.${name}`, new RegExp(`\\)\\.${name}\\(`)]),
  ...new Set(LOOKUPS.map((terms) => /^'(\w+)'/.exec(terms)?.[1] ?? '')),
].map(
  (feature): Feature =>
    typeof feature === 'string' ? [`lookup ${feature}`, new RegExp(`\\('${feature}'`)] : feature,
);

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const KINDS: readonly (readonly [string, (one: PropertyCase) => boolean])[] = [
  ['condition', ({ setting }) => setting.kind === 'condition'],
  ['native', ({ setting }) => setting.native],
  ['trim_blocks', ({ setting }) => setting.options?.trim_blocks === true],
  ['lstrip_blocks', ({ setting }) => setting.options?.lstrip_blocks === true],
];

/** How many of the cases hold each feature; the template, its files and its variables count. */
export function countFeatures(cases: Iterable<PropertyCase>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [name] of [...LANGUAGE, ...NAMES, ...KINDS]) counts.set(name, 0);
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const one of cases) {
    const text = [textOf(one.tree), ...Object.values(one.files)].join('\n');
    for (const [name, isIn] of LANGUAGE) if (isIn.test(text)) add(name);
    for (const [name, isIn] of NAMES) if (isIn.test(text)) add(name);
    for (const [name, isSo] of KINDS) if (isSo(one)) add(name);
  }
  return counts;
}
