/** Renders random cases with both engines, and makes those that differ small. */

import { makeCase, type PropertyCase } from './cases.ts';
import { documentedAs } from './documented.ts';
import { smaller, textOf } from './node.ts';
import type { Oracle } from './oracle.ts';
import { type Answer, renderOurs, type TextCase } from './ours.ts';

/** A case that the engines answer differently, as small as it could be made. */
export type Difference = {
  readonly index: number;
  readonly text: TextCase;
  readonly ours: Answer;
  readonly python: Answer;
};

/** What comparing found. */
export type Comparison = {
  readonly compared: number;
  /** Cases that Python did not finish, and those that are documented as different. */
  readonly skipped: number;
  readonly differences: readonly Difference[];
};

const BATCH = 200;
const SHRINKS_MAX = 400;

/** Compares `count` cases from number `first` on; stops looking when `most` differ. */
export async function compareCases(
  oracle: Oracle,
  range: { readonly seed: number; readonly first: number; readonly count: number },
  most: number,
): Promise<Comparison> {
  const differences: Difference[] = [];
  let compared = 0;
  let skipped = 0;
  let next = startBatch(oracle, range, 0);
  while (next !== undefined && differences.length < most) {
    const { cases, ours, python } = next;
    const after = startBatch(oracle, range, cases.at(-1)?.offset ?? range.count);
    const theirs = await python;
    for (const [at, { offset, one }] of cases.entries()) {
      const pair = { text: asText(one), ours: ours[at] ?? {}, python: theirs[at] ?? {} };
      if (pair.python.skipped !== undefined || documentedAs(pair) !== undefined) skipped++;
      else compared++;
      if (!isDifferent(pair) || differences.length >= most) continue;
      differences.push({ index: range.first + offset, ...(await shrink(oracle, one, pair)) });
    }
    next = after;
  }
  return { compared, skipped, differences };
}

type Batch = {
  readonly cases: readonly { readonly offset: number; readonly one: PropertyCase }[];
  readonly ours: readonly Answer[];
  readonly python: Promise<readonly Answer[]>;
};

/** Asks Python for the cases after `last`, and renders them here while it works. */
function startBatch(
  oracle: Oracle,
  range: { readonly seed: number; readonly first: number; readonly count: number },
  last: number,
): Batch | undefined {
  if (last >= range.count) return undefined;
  const start = last === 0 ? 0 : last + 1;
  const size = Math.min(BATCH, range.count - start);
  if (size <= 0) return undefined;
  const cases = Array.from({ length: size }, (_, at) => ({
    offset: start + at,
    one: makeCase(range.seed, range.first + start + at),
  }));
  const texts = cases.map(({ one }) => asText(one));
  const python = oracle.ask(texts);
  return { cases, ours: texts.map(renderOurs), python };
}

function asText({ setting, tree, variables, files }: PropertyCase): TextCase {
  return { setting, template: textOf(tree), variables, files };
}

type Pair = { readonly text: TextCase; readonly ours: Answer; readonly python: Answer };

function isDifferent(pair: Pair): boolean {
  if (pair.python.skipped !== undefined || documentedAs(pair) !== undefined) return false;
  return JSON.stringify(pair.ours) !== JSON.stringify(pair.python);
}

/** Makes a case smaller as long as the engines differ. */
async function shrink(oracle: Oracle, one: PropertyCase, pair: Pair): Promise<Pair> {
  let best = { one, pair };
  let tries = 0;
  for (let found = true; found && tries < SHRINKS_MAX; ) {
    found = false;
    const candidates = [...smaller(best.one.tree)].slice(0, BATCH).map((tree) => ({ ...one, tree }));
    tries += candidates.length;
    const answers = await oracle.ask(candidates.map(asText));
    const pairs = candidates.map((candidate, at) => {
      const text = asText(candidate);
      return { one: candidate, pair: { text, ours: renderOurs(text), python: answers[at] ?? {} } };
    });
    const less = pairs
      .filter(({ pair }) => isDifferent(pair) && pair.text.template.length < best.pair.text.template.length)
      .sort((a, b) => a.pair.text.template.length - b.pair.text.template.length)[0];
    if (less === undefined) continue;
    best = less;
    found = true;
  }
  return withUsedVariables(best.pair);
}

/** Leaves out the variables whose name the template does not hold. */
function withUsedVariables(pair: Pair): Pair {
  const { template, variables } = pair.text;
  const used = new Set(`${template} ${/indirect|chained/.test(template) ? variables : ''}`.match(/\w+/g));
  const kept = Object.entries(splitObject(variables)).filter(([name]) => used.has(name));
  return {
    ...pair,
    text: { ...pair.text, variables: `{${kept.map(([name, text]) => `"${name}":${text}`)}}` },
  };
}

/** The values of a JSON object as they are written. */
function splitObject(text: string): Record<string, string> {
  const names = Object.keys(JSON.parse(text) as object);
  const starts = names.map((name) => text.indexOf(`"${name}":`));
  return Object.fromEntries(
    names.map((name, index) => {
      const start = (starts[index] ?? 0) + name.length + 3;
      return [name, text.slice(start, (starts[index + 1] ?? text.length) - 1)];
    }),
  );
}
