/** Reading an action's rendered arguments, with Ansible's words for what is wrong with them. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { ActionFailure } from './action.ts';
import { actionFail } from './action-fail.ts';

/** The text of an argument, or undefined when it is absent or null. */
export function textArgument(args: Dict, name: string): string | undefined {
  const value = args.get(name);
  return value === undefined || value === null ? undefined : str(value);
}

const TRUE_WORDS = new Set(['yes', 'on', '1', 'true', 't', 'y']);

/** A boolean argument by Ansible's words; `otherwise` when it is absent. */
export function booleanArgument(args: Dict, name: string, otherwise: boolean): boolean {
  const value = args.get(name);
  if (value === undefined || value === null) return otherwise;
  return value === true || TRUE_WORDS.has(str(value).toLowerCase());
}

/** Fails when there are arguments that the action does not know. */
export function checkArguments(action: string, args: Dict, known: readonly string[]): void {
  const unknown = [...args.keys()].map(str).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw actionFail(`Invalid options for ${action}: ${unknown.join(',')}`);
}

/** A list from a list, a text split at commas, or nothing. */
export function listArgument(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  return str(value)
    .split(',')
    .map((each) => each.trim());
}

/** A whole number; fails as Python's `int` does on other texts. */
export function integerArgument(args: Dict, name: string, otherwise: number): number {
  const value = args.get(name);
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = str(value).trim();
  if (typeof value === 'string' && !/^[-+]?\d+$/.test(text))
    throw new ActionFailure(
      `Unexpected failure during module execution: invalid literal for int() with base 10: '${value}'`,
      [['exception', `ValueError: invalid literal for int() with base 10: '${value}'`]],
    );
  return Math.trunc(Number(text));
}
