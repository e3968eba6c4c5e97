/** The sequence lookup: numbers from here to there, formatted. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import { ansibleError } from '../filter-error.ts';
import { parseInteger } from '../python/number.ts';
import { formatPercent } from '../python/percent-format.ts';
import { repr } from '../python/repr.ts';
import { asText, checkSize, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { splitTerm } from './options.ts';

const SHORTCUT = /^(?:((?:0x)?[0-9a-f]+)-)?((?:0x)?[0-9a-f]+)(?:\/((?:0x)?[0-9a-f]+))?(?::(.+))?$/i;
const NUMBERS = ['start', 'end', 'count', 'stride'] as const;

type Plan = {
  readonly start: number;
  readonly end: number | undefined;
  readonly count: number | undefined;
  readonly stride: number;
  readonly format: string;
};

/** The texts of one term: `2-10/2:host%02d` or `start=2 end=10`. */
export function generateSequence(term: Value): Value[] {
  const text = asText(term);
  if (text === undefined) {
    const why = `expected string or bytes-like object, got '${typeName(term)}'`;
    throw ansibleError(`unknown error parsing with_sequence arguments: ${repr(term)}. Error was: ${why}`);
  }
  const plan = planOf(text);
  if (plan.count === undefined && plan.end === undefined) {
    throw ansibleError('must specify count or end in with_sequence');
  }
  if (plan.count !== undefined && plan.end !== undefined) {
    throw ansibleError("can't specify both count and end in with_sequence");
  }
  if (plan.count === 0) return [];
  const end = plan.end ?? plan.start + (plan.count ?? 0) * plan.stride - 1;
  checkDirection(plan, end);
  return plan.stride === 0 ? [] : numbers(plan, end);
}

function planOf(term: string): Plan {
  const shortcut = SHORTCUT.exec(term);
  if (shortcut !== null) {
    const [, start, end, stride, format] = shortcut;
    return {
      start: start === undefined ? 1 : integer('start', start),
      end: end === undefined ? undefined : integer('end', end),
      count: undefined,
      stride: stride === undefined ? 1 : integer('stride', stride),
      format: format ?? '%d',
    };
  }
  const { options, words } = splitTerm(term);
  return namedPlan(words.length === 0 ? options : new Map(options).set('_raw_params', words.join(' ')));
}

function namedPlan(given: Map<string, string>): Plan {
  const number = (name: string): number | undefined => {
    const text = given.get(name);
    return text === undefined ? undefined : integer(name, text);
  };
  const unknown = [...given.keys()].filter(
    (name) => name !== 'format' && !NUMBERS.some((known) => known === name),
  );
  if (unknown.length > 0) {
    throw ansibleError(`unrecognized arguments to with_sequence: ${repr(unknown)}`);
  }
  return {
    start: number('start') ?? 1,
    end: number('end'),
    count: number('count'),
    stride: number('stride') ?? 1,
    format: given.get('format') ?? '%d',
  };
}

function integer(name: string, text: string): number {
  const value = parseInteger(text, 0);
  if (value === undefined) throw ansibleError(`can't parse ${name}=${text} as integer`);
  return Number(value);
}

function checkDirection(plan: Plan, end: number): void {
  if (plan.stride > 0 && end < plan.start) {
    throw ansibleError('to count backwards make stride negative');
  }
  if (plan.stride < 0 && end > plan.start) {
    throw ansibleError("to count forward don't make stride negative");
  }
  if (plan.format.split('%').length - 1 !== 1) {
    throw ansibleError(`bad formatting string: ${plan.format}`);
  }
}

function numbers({ start, stride, format }: Plan, end: number): Value[] {
  const count = Math.floor((end - start) / stride) + 1;
  checkSize(count, limits.templateItemsMax);
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const number = start + index * stride;
    try {
      return formatPercent(format, number);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw ansibleError(`problem formatting ${number} with ${repr(format)}`);
    }
  });
}
