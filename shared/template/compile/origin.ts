/** Where the texts come from that a template names, and what messages say of them. */

import { shortName } from '../plugin-name.ts';
import { missingAttribute, missingItem } from '../python/access.ts';
import type { Undefined } from '../python/special.ts';
import { asText } from '../python/values.ts';
import type { Expression } from '../syntax/syntax-tree.ts';
import { describeText, type TextOrigin } from '../text-origin.ts';
import { type Frame, isSetByTemplate } from './runtime.ts';

/** What the loops around run over, by the name that each sets. */
export type LoopItems = ReadonlyMap<string, Expression>;

/** Filters that give what they get, or an item of it. */
const KEEPING_FILTERS: ReadonlySet<string> = new Set([
  'd',
  'default',
  'first',
  'last',
  'mandatory',
  'max',
  'min',
  'random',
]);

/** Whether an expression's value may be one that a variable holds. */
export function givesOn(expression: Expression): boolean {
  switch (expression.kind) {
    case 'filter':
      return KEEPING_FILTERS.has(shortName(expression.name));
    case 'getattr':
    case 'getitem':
    case 'name':
      return true;
    default:
      return false;
  }
}

const LITERAL_STARTS = new Set(Array.from('[{TF', (start) => start.charCodeAt(0)));

/** Whether a text may be read as a list, dict or bool. */
export function looksLikeLiteral(text: string): boolean {
  return LITERAL_STARTS.has(text.charCodeAt(0));
}

/** Where the texts of an expression's value come from. */
export function findOrigin(
  expression: Expression,
  frame: Frame,
  loopItems: LoopItems | undefined,
): TextOrigin {
  return frame.context.engine.textOrigin(expression, {
    isLocal: (name) => isSetByTemplate(frame, name),
    loopItems: (name) => loopItems?.get(name),
  });
}

/** A text's missing attribute or item, named as Python does: by a class that follows from where the text comes from. */
export function explainMissing(found: Undefined, origin: TextOrigin): Undefined {
  if (found.lack === undefined) return found;
  const { of, key } = found.lack;
  const object = describeText(origin);
  const name = asText(key);
  return name === undefined ? missingItem(of, key, object) : missingAttribute(of, name, object);
}
