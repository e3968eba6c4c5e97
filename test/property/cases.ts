/** Random cases, each made by its number alone: what is rendered, how, and over which variables. */

import { randomExpression } from './expressions.ts';
import { b, type Node, textOf } from './node.ts';
import { makeRandom, type Random } from './random.ts';
import { randomFiles, randomTemplate } from './templates.ts';
import { randomVariables } from './values.ts';

/** How a case is rendered, as both engines are told. */
export type Setting = {
  readonly kind: 'condition' | 'file' | 'value';
  readonly native: boolean;
  /** Options of the template module, for files, under Jinja2's names. */
  readonly options?: { readonly trim_blocks: boolean; readonly lstrip_blocks: boolean };
};

export type PropertyCase = {
  readonly setting: Setting;
  readonly tree: Node;
  readonly variables: string;
  readonly files: Readonly<Record<string, string>>;
};

/** The case with that number of the stream that `seed` names. */
export function makeCase(seed: number, index: number): PropertyCase {
  const random = makeRandom(seed * 1_000_003 + index);
  const maker = { random, names: [] };
  const setting = randomSetting(random);
  const variables = randomVariables(random);
  const depth = 1 + random.below(3);
  if (setting.kind === 'condition') {
    const tree = randomExpression(maker, random.chance(80) ? 'bool' : 'any', depth);
    return { setting, tree, variables, files: {} };
  }
  const isSole = setting.kind === 'value' && random.chance(60);
  const tree = isSole ? b`{{ ${randomExpression(maker, 'any', depth)} }}` : randomTemplate(maker);
  const files = textOf(tree).includes('.j2') ? randomFiles(maker) : {};
  return { setting, tree, variables, files };
}

function randomSetting(random: Random): Setting {
  const roll = random.below(100);
  if (roll < 15) return { kind: 'condition', native: false };
  if (roll < 35) return { kind: 'value', native: true };
  if (roll < 50) {
    const options = { trim_blocks: random.chance(50), lstrip_blocks: random.chance(50) };
    return { kind: 'file', native: false, options };
  }
  return { kind: 'value', native: false };
}
