/** The for statement: else, filter, recursion, break and continue. */

import type { Value } from '../../base/value.ts';
import { countSteps, withinBudget } from '../budget.ts';
import { LazyList } from '../python/special.ts';
import { force, isTrue, toList } from '../python/values.ts';
import { findNames } from '../syntax/find-names.ts';
import type { Statement, Target } from '../syntax/syntax-tree.ts';
import { allStatements } from '../syntax/walk-statements.ts';
import { assign } from './assign.ts';
import { type Compiler, compileExpression } from './expression.ts';
import { type LoopState, makeLoop } from './loop-context.ts';
import { Output } from './output.ts';
import {
  type Evaluate,
  type Execute,
  type Frame,
  innerFrame,
  readAhead,
  runAll,
  type Signal,
} from './runtime.ts';

/** The parts of a for statement, compiled, and what each asks for before it runs. */
export type ForParts = {
  readonly compiler: Compiler;
  readonly reads: readonly string[];
  readonly body: readonly Execute[];
  readonly testReads: readonly string[];
  readonly otherwise: Execute;
};

type Loop = Omit<ForParts, 'compiler'> & {
  readonly target: Target;
  readonly test: Evaluate | undefined;
  readonly isRecursive: boolean;
  /** Whether anything in the body asks for `loop`. */
  readonly hasLoopObject: boolean;
  /** Whether nothing of a turn outlives it, so that all turns can use one scope. */
  readonly hasOneScope: boolean;
};

/** Statements that set more than the loop does, or keep the scope they stand in. */
const SCOPED: ReadonlySet<Statement['kind']> = new Set([
  'block',
  'callblock',
  'from',
  'import',
  'macro',
  'set',
  'setblock',
]);

/** A for statement of `parts`. */
export function compileFor(
  statement: Extract<Statement, { readonly kind: 'for' }>,
  parts: ForParts,
): Execute {
  const items = compileExpression(statement.items, parts.compiler);
  const kinds = new Set(Array.from(allStatements(statement.body), ({ kind }) => kind));
  const loop: Loop = {
    ...parts,
    target: statement.target,
    test: statement.test === undefined ? undefined : compileExpression(statement.test, parts.compiler),
    isRecursive: statement.isRecursive,
    hasLoopObject: kinds.has('block') || findNames(statement.body).has('loop'),
    hasOneScope: kinds.isDisjointFrom(SCOPED),
  };
  if (loop.isRecursive)
    return (frame, out) => {
      out.append(recurse(loop, { frame, out, value: items(frame), depth0: -1 }));
      return 0;
    };
  return (frame, out) => runLoop(loop, { frame, out, value: items(frame), depth0: 0 });
}

type Run = { readonly frame: Frame; readonly out: Output; readonly value: Value; readonly depth0: number };

function runLoop(loop: Loop, run: Run): Signal {
  const { frame, out } = run;
  const state: LoopState = {
    items: selectItems(loop, run),
    depth0: run.depth0,
    recurse: loop.isRecursive ? (value) => recurse(loop, { ...run, value }) : undefined,
    index0: 0,
    lastChanged: undefined,
  };
  const loopObject = loop.hasLoopObject ? makeLoop(state) : undefined;
  // Jinja2 runs the `else` unless the body was run to its end at least once.
  let isElseDue = true;
  let inner = innerFrame(frame);
  if (state.items.length > 0) readAhead(loop.reads, frame);
  for (; state.index0 < state.items.length; state.index0++) {
    countSteps(1);
    if (!loop.hasOneScope) inner = innerFrame(frame);
    assign(loop.target, force(state.items.at(state.index0) ?? null), inner);
    if (loopObject !== undefined) inner.vars.set('loop', loopObject);
    const signal = runAll(loop.body, inner, out);
    if (signal === 1) break;
    if (signal === 0) isElseDue = false;
  }
  return isElseDue ? loop.otherwise(innerFrame(frame), out) : 0;
}

function recurse(loop: Loop, run: Run): Value {
  const out = new Output();
  withinBudget(() => runLoop(loop, { ...run, out, depth0: run.depth0 + 1 }));
  return run.frame.context.engine.concat(out);
}

/** What the loop runs over: lists live, as they may grow while the loop runs; everything else as it is now. */
function selectItems(loop: Loop, run: Run): LoopState['items'] {
  const { test, target } = loop;
  const value = force(run.value);
  readAhead(loop.testReads, run.frame);
  if (test === undefined && Array.isArray(value)) return value;
  if (test === undefined && value instanceof LazyList) return value;
  const items = toList(value);
  if (test === undefined) return items;
  const inner = innerFrame(run.frame);
  return items.filter((item) => {
    countSteps(1);
    assign(target, force(item), inner);
    return isTrue(test(inner));
  });
}
