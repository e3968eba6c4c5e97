/** What a parsed template consists of. Names follow Jinja2's own nodes. */

import type { Value } from '../../base/value.ts';
import type { ArithmeticOperator } from '../python/arithmetic.ts';
import type { Ordering } from '../python/comparison.ts';

/** A keyword argument. */
export type Keyword = { readonly key: string; readonly value: Expression };

/** Arguments of a call, filter or test. */
export type CallArguments = {
  readonly args: readonly Expression[];
  readonly kwargs: readonly Keyword[];
  readonly dynArgs: Expression | undefined;
  readonly dynKwargs: Expression | undefined;
};

/** Operators that may be chained. */
export type CompareOperator = Ordering | '!=' | '==' | 'in' | 'notin';

/** What has a value. `line` counts from 1. */
export type Expression =
  | {
      readonly kind: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly with: CallArguments;
      readonly line: number;
    }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: CompareOperator; readonly right: Expression }[];
      readonly line: number;
    }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[]; readonly line: number }
  | {
      readonly kind: 'condexpr';
      readonly test: Expression;
      readonly whenTrue: Expression;
      readonly otherwise: Expression | undefined;
      readonly line: number;
    }
  | { readonly kind: 'const'; readonly value: Value; readonly line: number }
  | {
      readonly kind: 'dict';
      readonly pairs: readonly { readonly key: Expression; readonly value: Expression }[];
      readonly line: number;
    }
  | {
      readonly kind: 'filter';
      /** Absent in filter blocks, whose body is filtered. */
      readonly value: Expression | undefined;
      readonly name: string;
      readonly with: CallArguments;
      readonly line: number;
    }
  | { readonly kind: 'getattr'; readonly value: Expression; readonly name: string; readonly line: number }
  | { readonly kind: 'getitem'; readonly value: Expression; readonly key: Expression; readonly line: number }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[]; readonly line: number }
  | { readonly kind: 'name'; readonly name: string; readonly line: number }
  | { readonly kind: 'not'; readonly value: Expression; readonly line: number }
  | {
      readonly kind: 'slice';
      readonly start: Expression | undefined;
      readonly stop: Expression | undefined;
      readonly step: Expression | undefined;
      readonly line: number;
    }
  | {
      readonly kind: 'test';
      readonly value: Expression;
      readonly name: string;
      readonly with: CallArguments;
      readonly line: number;
    }
  | {
      readonly kind: 'unary';
      readonly operator: '+' | '-';
      readonly value: Expression;
      readonly line: number;
    };

/** What `set`, `for` and `with` assign to. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'namespace'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'tuple'; readonly items: readonly Target[] };

/** A parameter of a macro or call block. */
export type Parameter = { readonly name: string; readonly default: Expression | undefined };

/** What a template is made of; text between tags is an `output` of a constant. */
export type Statement =
  | {
      readonly kind: 'block';
      readonly name: string;
      readonly isScoped: boolean;
      readonly isRequired: boolean;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: 'break' | 'continue'; readonly line: number }
  | {
      readonly kind: 'callblock';
      readonly call: Expression;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: 'do'; readonly value: Expression; readonly line: number }
  | { readonly kind: 'extends'; readonly template: Expression; readonly line: number }
  | {
      readonly kind: 'filterblock';
      readonly filter: Expression;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly items: Expression;
      readonly test: Expression | undefined;
      readonly isRecursive: boolean;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly kind: 'from';
      readonly template: Expression;
      readonly names: readonly { readonly name: string; readonly alias: string }[];
      readonly withContext: boolean;
      readonly line: number;
    }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
      readonly otherwise: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly kind: 'import';
      readonly template: Expression;
      readonly name: string;
      readonly withContext: boolean;
      readonly line: number;
    }
  | {
      readonly kind: 'include';
      readonly template: Expression;
      readonly isMissingIgnored: boolean;
      readonly withContext: boolean;
      readonly line: number;
    }
  | {
      readonly kind: 'macro';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | { readonly kind: 'output'; readonly value: Expression; readonly line: number }
  | { readonly kind: 'scope'; readonly body: readonly Statement[]; readonly line: number }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression; readonly line: number }
  | {
      readonly kind: 'setblock';
      readonly target: Target;
      readonly filter: Expression | undefined;
      readonly body: readonly Statement[];
      readonly line: number;
    }
  | {
      readonly kind: 'with';
      readonly targets: readonly { readonly target: Target; readonly value: Expression }[];
      readonly body: readonly Statement[];
      readonly line: number;
    };
