/** How Python's own methods, which are written in C, take arguments: their TypeErrors have words of their own. */

import type { Value } from '../../base/value.ts';
import { bindArguments } from './bind-arguments.ts';
import { typeError } from './error.ts';
import type { Kwargs } from './special.ts';

/**
 * The family of words: `plain` knows positions only, `searching` is the same in older words (`str.find` and its like),
 * `named` takes keywords.
 */
export type ArgumentStyle = 'named' | 'plain' | 'searching';

/** A method of a class. */
export type NativeCallee = {
  readonly type: string;
  readonly name: string;
  readonly signature: string;
  readonly style: ArgumentStyle;
};

/** One value per parameter, as {@link bindArguments}. */
export function bindNative(callee: NativeCallee, args: readonly Value[], kwargs: Kwargs): Value[] {
  const parameters = callee.signature === '' ? [] : callee.signature.split(', ');
  checkKeywords(callee, parameters, { args, kwargs });
  if (!parameters.some((parameter) => parameter.startsWith('*'))) checkCount(callee, parameters, args.length);
  return bindArguments(callee, args, kwargs);
}

function checkKeywords(
  callee: NativeCallee,
  parameters: readonly string[],
  { args, kwargs }: { readonly args: readonly Value[]; readonly kwargs: Kwargs },
): void {
  const { name, style, type } = callee;
  if (style === 'named') {
    const names = parameters.map((parameter) => parameter.replace(/=.*$/, '')).filter((one) => one !== '*');
    checkTotal(name, names.length, args.length + kwargs.size);
    if (names.length < parameters.length && args.length > 0)
      throw typeError(`${name}() takes no positional arguments`);
    for (const key of kwargs.keys()) {
      if (!names.includes(key)) throw typeError(`'${key}' is an invalid keyword argument for ${name}()`);
      const place = names.indexOf(key);
      if (place < args.length)
        throw typeError(`argument for ${name}() given by name ('${key}') and position (${place + 1})`);
    }
  } else if (kwargs.size > 0 && !parameters.includes('**kwargs')) {
    throw typeError(`${style === 'plain' ? `${type}.` : ''}${name}() takes no keyword arguments`);
  }
}

function checkTotal(name: string, most: number, given: number): void {
  if (given <= most) return;
  throw typeError(`${name}() takes at most ${most} ${plural(most)} (${given} given)`);
}

function checkCount(callee: NativeCallee, parameters: readonly string[], given: number): void {
  const { name, style, type } = callee;
  if (style === 'named') return;
  const most = parameters.length;
  const least = parameters.filter((parameter) => !parameter.includes('=')).length;
  if (given >= least && given <= most) return;
  const bound = given < least ? least : most;
  const side = given < least ? 'least' : 'most';
  if (style === 'searching')
    throw typeError(`${name}() takes at ${side} ${bound} ${plural(bound)} (${given} given)`);
  if (most === 0) throw typeError(`${type}.${name}() takes no arguments (${given} given)`);
  if (least === 1 && most === 1)
    throw typeError(`${type}.${name}() takes exactly one argument (${given} given)`);
  const amount = least === most ? '' : `at ${side} `;
  throw typeError(`${name} expected ${amount}${bound} ${plural(bound)}, got ${given}`);
}

function plural(count: number): string {
  return count === 1 ? 'argument' : 'arguments';
}
