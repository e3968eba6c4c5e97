/**
 * Gives the engine damaged templates: node test/property/fuzz.ts [SECONDS [SEED]]. Whatever the text is, the end must be a value or
 * an error of the template, and soon. Prints what ended otherwise; the exit code is 1 when something did.
 */

import { Suspension } from '../../shared/template/template-error.ts';
import { makeCase } from './cases.ts';
import { textOf } from './node.ts';
import { renderOurs, type TextCase } from './ours.ts';
import { makeRandom, type Random } from './random.ts';

/** Longer than this for one small template is a fault: nothing that it does is worth so much. */
const SLOW_MS = 8_000;
const FOUND_MAX = 20;

const PIECES = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  '-%}',
  '{%-',
  '{% raw %}',
  '{% endraw %}',
  '{% for x in l %}',
  '{% endfor %}',
  '{% if x %}',
  '{% else %}',
  '{% endif %}',
  '{% set x = ',
  '{% macro m(a) %}',
  '{% endmacro %}',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '|',
  '.',
  ',',
  ':',
  '~',
  '**',
  '//',
  '*',
  '%',
  '\\',
  "'",
  '"',
  '\n',
  '\0',
  '\u2028',
  '\ud800',
  '🎉',
  '1e999',
  '0x',
  '9'.repeat(400),
  'not ',
  ' is ',
  ' in ',
  ' if ',
  ' else ',
  '__class__',
  '__proto__',
  'constructor',
  'prototype',
  'self',
  'loop',
  'super()',
  'caller()',
  'varargs',
  'namespace(',
  'range(',
  '|map(',
  '|select(',
  '|regex_search("(a+)+$")',
  '|regex_replace("(.*)*", "x")',
  '|batch(2)',
  '|groupby(',
  '|format(',
  '%*d',
  '{:>{}}',
  'lookup(',
  'q("',
  'include "x"',
  'extends "y"',
  'import "z" as z',
  '* 10**8',
  '[::',
  'x'.repeat(3000),
];

/** Cuts, repeats, moves or inserts a piece of the text. */
function damage(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const end = at + random.below(Math.min(20, text.length - at) + 1);
  const piece = text.slice(at, end);
  const rest = text.slice(0, at) + text.slice(end);
  const where = random.below(rest.length + 1);
  switch (random.below(5)) {
    case 0:
      return rest;
    case 1:
      return (
        text.slice(0, end) + piece.repeat(1 + random.below(random.chance(5) ? 3000 : 3)) + text.slice(end)
      );
    case 2:
      return rest.slice(0, where) + piece + rest.slice(where);
    default:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
  }
}

/** How a case ended otherwise than it may, or undefined. */
function faultOf(text: TextCase): string | undefined {
  const started = process.cpuUsage();
  try {
    renderOurs(text);
  } catch (error) {
    if (!(error instanceof Suspension))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(started);
  const ms = (user + system) / 1000;
  return ms > SLOW_MS ? `took ${Math.round(ms)} ms` : undefined;
}

function main([seconds = 60, seed = 1]: readonly number[]): number {
  const used = (): number => process.cpuUsage().user / 1e6;
  let count = 0;
  let found = 0;
  for (; used() < seconds && found < FOUND_MAX; count++) {
    const one = makeCase(seed, count);
    const random = makeRandom(seed * 7_919 + count);
    let template = textOf(one.tree);
    for (let times = 1 + random.below(4); times > 0; times--) template = damage(template, random);
    const text = { ...one, template };
    const fault = faultOf(text);
    if (fault === undefined) continue;
    found++;
    process.stdout.write(`--- case ${count} of seed ${seed}\n${JSON.stringify(text)}\n${fault}\n`);
  }
  process.stdout.write(`${count} damaged templates in ${Math.round(used())} s of CPU, ${found} faults\n`);
  return found > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2).map(Number));
