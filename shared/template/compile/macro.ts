/** Macros, and the `caller` of call blocks. */

import type { Value } from '../../base/value.ts';
import { countSteps, withinBudget } from '../budget.ts';
import { typeError } from '../python/error.ts';
import { reprText } from '../python/repr.ts';
import { type Kwargs, PyObject, PyTuple, Undefined } from '../python/special.ts';
import { Output } from './output.ts';
import { type Evaluate, type Execute, type Frame, innerFrame, readAhead, runAll } from './runtime.ts';

const STEPS_OF_A_CALL = 3;

/** A macro as it was compiled. */
export type MacroCode = {
  readonly name: string | undefined;
  readonly parameters: readonly { readonly name: string; readonly default: Evaluate | undefined }[];
  /** What it asks for before it runs. */
  readonly reads: readonly string[];
  readonly body: readonly Execute[];
  readonly usesCaller: boolean;
  readonly usesKwargs: boolean;
  readonly usesVarargs: boolean;
};

/** The macro as a value; it sees the scope it was written in. */
export function makeMacro(code: MacroCode, scope: Frame): PyObject {
  const attributes = new Map<string, Value>([
    ['name', code.name ?? null],
    ['arguments', new PyTuple(code.parameters.map((parameter) => parameter.name))],
    ['catch_kwargs', code.usesKwargs],
    ['catch_varargs', code.usesVarargs],
    ['caller', code.usesCaller],
    ['explicit_caller', code.parameters.some((parameter) => parameter.name === 'caller')],
  ]);
  const call = (args: readonly Value[], kwargs: Kwargs): Value => {
    countSteps(STEPS_OF_A_CALL);
    return withinBudget(() => callMacro(code, scope, { args, kwargs: new Map(kwargs) }));
  };
  return new PyObject({
    typeName: 'jinja2.runtime.Macro',
    str: () => `<Macro ${code.name === undefined ? 'anonymous' : reprText(code.name)}>`,
    attribute: (name) => attributes.get(name),
    call,
  });
}

type Given = { readonly args: readonly Value[]; readonly kwargs: Map<string, Value> };

function callMacro(code: MacroCode, scope: Frame, given: Given): Value {
  const frame = innerFrame(scope);
  readAhead(code.reads, frame);
  const missing = code.parameters.filter((parameter, index) => {
    const { name } = parameter;
    const positional = given.args[index];
    const value = positional === undefined ? given.kwargs.get(name) : positional;
    if (positional === undefined) given.kwargs.delete(name);
    frame.vars.set(name, value === undefined ? new Undefined(`'${name}' is undefined`, name) : value);
    return value === undefined;
  });
  // A default sees the arguments that were given, and the defaults before it.
  for (const parameter of missing) frame.vars.set(parameter.name, missingParameter(parameter, frame));
  bindRest(code, frame, given);
  const out = new Output();
  runAll(code.body, frame, out);
  return frame.context.engine.concat(out);
}

function missingParameter(parameter: MacroCode['parameters'][number], frame: Frame): Value {
  const { name } = parameter;
  if (parameter.default !== undefined) return parameter.default(frame);
  return new Undefined(`parameter ${reprText(name)} was not provided`, name);
}

function bindRest(code: MacroCode, frame: Frame, given: Given): void {
  const count = code.parameters.length;
  const name = code.name === undefined ? 'None' : reprText(code.name);
  const isExplicit = code.parameters.some((parameter) => parameter.name === 'caller');
  if (code.usesCaller && !isExplicit) {
    frame.vars.set('caller', given.kwargs.get('caller') ?? new Undefined('No caller defined', 'caller'));
    given.kwargs.delete('caller');
  }
  if (code.usesKwargs) frame.vars.set('kwargs', new Map(given.kwargs));
  else if (given.kwargs.size > 0) {
    const [first = ''] = given.kwargs.keys();
    throw typeError(
      given.kwargs.has('caller')
        ? `macro ${name} was invoked with two values for the special caller argument. This is most likely a bug.`
        : `macro ${name} takes no keyword argument ${reprText(first)}`,
    );
  }
  if (code.usesVarargs) frame.vars.set('varargs', new PyTuple(given.args.slice(count)));
  else if (given.args.length > count) {
    throw typeError(`macro ${name} takes not more than ${count} argument(s)`);
  }
}
