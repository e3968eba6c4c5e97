/** JMESPath: reads an expression into a function over values. */

import { limits } from '../../base/limits.ts';
import type { Value } from '../../base/value.ts';
import { countSteps } from '../budget.ts';
import { getSlice } from '../python/access.ts';
import { asDict, checkSize, isMapping } from '../python/values.ts';
import { type Argument, callFunction } from './functions.ts';
import { JmespathError, readTokens, type Token } from './tokens.ts';
import { asList, compareBy, fieldOf, isTruthy } from './values.ts';

type Evaluate = (value: Value) => Value;

/** How strongly a token binds what stands before it. */
const BINDING: ReadonlyMap<string, number> = new Map([
  ['|', 1],
  ['||', 2],
  ['&&', 3],
  ...['==', '!=', '<', '<=', '>', '>='].map((operator): [string, number] => [operator, 5]),
  ['[]', 9],
  ['*', 20],
  ['[?', 21],
  ['.', 40],
  ['{', 50],
  ['[', 55],
]);

/** What binds less ends a projection. */
const PROJECTION_END = 10;

/** The result of `expression` on `data`; raises JmespathError. */
export function searchJmespath(expression: string, data: Value): Value {
  return new Parser(expression).parse()(data);
}

const itself: Evaluate = (value) => value;

/** A Pratt parser; lives as long as one expression is read. */
class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = readTokens(source);
  }

  parse(): Evaluate {
    const evaluate = this.#expression(0);
    if (this.#type() !== 'eof') throw this.#unexpected();
    return evaluate;
  }

  #type(ahead = 0): string {
    return this.#tokens[this.#at + ahead]?.type ?? 'eof';
  }

  #next(): Token {
    const token = this.#tokens[this.#at] ?? { type: 'eof', value: null, at: this.#source.length };
    this.#at++;
    return token;
  }

  #take(type: string): Token {
    if (this.#type() !== type) throw this.#unexpected();
    return this.#next();
  }

  #unexpected(): JmespathError {
    const at = this.#tokens[this.#at]?.at ?? this.#source.length;
    return new JmespathError(`Invalid jmespath expression: Parse error at column ${at}:\n${this.#source}`);
  }

  #expression(binding: number): Evaluate {
    if (++this.#depth > limits.templateDepthMax)
      throw new JmespathError('the expression is nested too deeply');
    let left = this.#prefix();
    while (binding < (BINDING.get(this.#type()) ?? 0)) left = this.#infix(left);
    this.#depth--;
    return left;
  }

  #prefix(): Evaluate {
    const token = this.#next();
    switch (token.type) {
      case 'literal':
        return () => token.value;
      case 'name':
        return this.#type() === '('
          ? this.#call(String(token.value))
          : (value) => fieldOf(value, String(token.value));
      case 'quoted':
        return (value) => fieldOf(value, String(token.value));
      case '@':
        return itself;
      case '*':
        return this.#valueProjection(itself);
      case '[':
        return this.#prefixBracket();
      case '[?':
        return this.#filter(itself);
      case '[]':
        return this.#flatten(itself);
      case '{':
        return this.#multiSelectDict();
      case '!': {
        const inner = this.#expression(45);
        return (value) => !isTruthy(inner(value));
      }
      case '(': {
        const inner = this.#expression(0);
        this.#take(')');
        return inner;
      }
      default:
        this.#at--;
        throw this.#unexpected();
    }
  }

  #infix(left: Evaluate): Evaluate {
    const { type } = this.#next();
    switch (type) {
      case '.':
        if (this.#type() !== '*') return chain(left, this.#afterDot(40));
        this.#next();
        return this.#valueProjection(left);
      case '|':
        return chain(left, this.#expression(1));
      case '||': {
        const right = this.#expression(2);
        return (value) => (isTruthy(left(value)) ? left(value) : right(value));
      }
      case '&&': {
        const right = this.#expression(3);
        return (value) => (isTruthy(left(value)) ? right(value) : left(value));
      }
      case '[':
        return this.#isIndex() ? this.#index(left) : this.#starProjection(left);
      case '[?':
        return this.#filter(left);
      case '[]':
        return this.#flatten(left);
      default: {
        const right = this.#expression(5);
        return (value) => compareBy(type, left(value), right(value));
      }
    }
  }

  #isIndex(): boolean {
    return this.#type() === 'number' || this.#type() === ':';
  }

  #prefixBracket(): Evaluate {
    if (this.#isIndex()) return this.#index(itself);
    if (this.#type() === '*' && this.#type(1) === ']') return this.#starProjection(itself);
    return this.#multiSelectList();
  }

  #starProjection(left: Evaluate): Evaluate {
    this.#take('*');
    this.#take(']');
    return project((value) => asList(left(value)), this.#projected(20));
  }

  #valueProjection(left: Evaluate): Evaluate {
    const right = this.#projected(20);
    return project((value) => valuesOf(left(value)), right);
  }

  #filter(left: Evaluate): Evaluate {
    const condition = this.#expression(0);
    this.#take(']');
    const right = this.#type() === '[]' ? itself : this.#projected(21);
    return project((value) => asList(left(value))?.filter((item) => isTruthy(condition(item))), right);
  }

  #flatten(left: Evaluate): Evaluate {
    const right = this.#projected(9);
    return project((value) => flatten(asList(left(value))), right);
  }

  /** What is done with each item of a projection. */
  #projected(binding: number): Evaluate {
    if ((BINDING.get(this.#type()) ?? 0) < PROJECTION_END) return itself;
    if (this.#type() === '[' || this.#type() === '[?') return this.#afterItem(binding);
    this.#take('.');
    return this.#afterDot(binding);
  }

  /** An index or filter right after a projection applies to each item. */
  #afterItem(binding: number): Evaluate {
    return this.#expression(binding);
  }

  #afterDot(binding: number): Evaluate {
    if (this.#type() === '[') {
      this.#next();
      return this.#multiSelectList();
    }
    if (this.#type() === '{') {
      this.#next();
      return this.#multiSelectDict();
    }
    if (!['name', 'quoted', '*'].includes(this.#type())) throw this.#unexpected();
    return this.#expression(binding);
  }

  #index(left: Evaluate): Evaluate {
    const parts: Value[] = [null];
    for (; this.#type() !== ']'; ) {
      const token = this.#next();
      if (token.type === ':') parts.push(null);
      else if (token.type === 'number') parts[parts.length - 1] = token.value;
      else throw this.#unexpected();
    }
    this.#take(']');
    const [start = null, stop = null, step = null] = parts;
    if (parts.length === 1) return (value) => asList(left(value))?.at(Number(start)) ?? null;
    if (parts.length > 3) throw this.#unexpected();
    const right = this.#projected(20);
    return project((value) => {
      const items = asList(left(value));
      return items === undefined ? undefined : asList(getSlice([...items], { start, stop, step }));
    }, right);
  }

  #multiSelectList(): Evaluate {
    const parts = this.#separated(']', () => this.#expression(0));
    return (value) => {
      if (value === null) return null;
      countSteps(parts.length);
      return parts.map((part) => part(value));
    };
  }

  #multiSelectDict(): Evaluate {
    const parts = this.#separated('}', () => {
      const key = this.#next();
      if (key.type !== 'name' && key.type !== 'quoted') throw this.#unexpected();
      this.#take(':');
      return { key: key.value, value: this.#expression(0) };
    });
    return (value) => (value === null ? null : new Map(parts.map((part) => [part.key, part.value(value)])));
  }

  #separated<Part>(end: string, read: () => Part): Part[] {
    const parts = [read()];
    while (this.#type() === ',') {
      this.#next();
      parts.push(read());
    }
    this.#take(end);
    return parts;
  }

  #call(name: string): Evaluate {
    this.#take('(');
    const read = (): ((value: Value) => Argument) => {
      const isExpression = this.#type() === '&';
      if (isExpression) this.#next();
      const inner = this.#expression(0);
      return (value) =>
        isExpression ? { value: null, apply: inner } : { value: inner(value), apply: undefined };
    };
    if (this.#type() === ')') {
      this.#next();
      return () => callFunction(name, []);
    }
    const args = this.#separated(')', read);
    return (value) =>
      callFunction(
        name,
        args.map((argument) => argument(value)),
      );
  }
}

function chain(left: Evaluate, right: Evaluate): Evaluate {
  return (value) => right(left(value));
}

/** Applies `right` to each item, and leaves out what is null; null where there are no items to go through. */
function project(items: (value: Value) => readonly Value[] | undefined, right: Evaluate): Evaluate {
  return (value) => {
    const found = items(value);
    if (found === undefined) return null;
    checkSize(found.length, limits.templateItemsMax);
    countSteps(found.length);
    return found.map((item) => right(item)).filter((item) => item !== null);
  };
}

function flatten(items: readonly Value[] | undefined): readonly Value[] | undefined {
  const lists = items?.map((item) => asList(item) ?? [item]);
  checkSize(lists?.reduce((sum, { length }) => sum + length, 0) ?? 0, limits.templateItemsMax);
  return lists?.flat();
}

function valuesOf(value: Value): readonly Value[] | undefined {
  return isMapping(value) ? [...(asDict(value)?.values() ?? [])] : undefined;
}
