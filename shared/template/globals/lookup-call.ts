/** `lookup()` and `query()` as templates call them. */

import type { Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import type { Builtins } from '../builtin.ts';
import { engineAbove } from '../engine-above.ts';
import type { Environment } from '../environment.ts';
import { attributeError } from '../filter-error.ts';
import { unquote } from '../lookups/options.ts';
import { shortName } from '../plugin-name.ts';
import { bindArguments } from '../python/bind-arguments.ts';
import { pythonClass } from '../python/class-name.ts';
import { decodeText } from '../python/codec.ts';
import { dictKey, toSet } from '../python/dict-key.ts';
import { pythonError, typeError, undefinedError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import {
  type Kwargs,
  LazyList,
  Markup,
  PyBytes,
  PyCallable,
  PyTuple,
  Template,
  Undefined,
} from '../python/special.ts';
import { asText, force, isTrue, itemsOf } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

/** What lookups run with. */
export type LookupRuntime = {
  readonly env: Environment;
  readonly builtins: Builtins;
  /** Templates from places that are not trusted may not look anything up. */
  readonly areLookupsDisabled: boolean;
};

/** The global of that name when it is one of the lookup functions. */
export function resolveLookupGlobal(name: string, runtime: LookupRuntime): PyCallable | undefined {
  if (name === 'lookup') return method(name, (args, kwargs) => runLookup(runtime, args, kwargs));
  if (name !== 'query' && name !== 'q') return undefined;
  return method(name, (args, kwargs) => {
    bindArguments({ ...CALLEE, name: 'Templar._query_lookup' }, args, kwargs);
    return runLookup(runtime, args, new Map(kwargs).set('wantlist', true));
  });
}

function method(name: string, call: (args: readonly Value[], kwargs: Kwargs) => Value): PyCallable {
  return new PyCallable(name, call, undefined, 'method');
}

const CALLEE = { name: 'Templar._lookup', signature: 'name, *args, **kwargs', before: 1 };

function notAName(value: Value): never {
  if (value instanceof Undefined) throw undefinedError(value);
  dictKey(value);
  throw attributeError(value, 'startswith');
}

function runLookup(runtime: LookupRuntime, args: readonly Value[], kwargs: Kwargs): Value {
  const [nameValue = null] = bindArguments(CALLEE, args, kwargs);
  const terms = args.slice(1);
  const name = asText(force(nameValue)) ?? notAName(nameValue);
  if (runtime.areLookupsDisabled) {
    throw pythonError(
      'AnsibleError',
      `The lookup \`${name}\` was found, however lookups were disabled from templating`,
    );
  }
  const lookup = runtime.builtins.lookups.get(name) ?? runtime.builtins.lookups.get(shortName(name));
  if (lookup === undefined) throw pythonError('AnsibleError', `lookup plugin (${name}) not found`);
  const options = new Map(kwargs);
  const usual = options.get('default');
  if (usual instanceof Undefined && !usual.isLenient && /(?:^|\.)vars$/.test(name))
    throw undefinedError(usual);
  const wantsList = isTrue(options.get('wantlist') ?? false);
  const errors = str(options.get('errors') ?? 'strict');
  for (const own of ['wantlist', 'errors', 'allow_unsafe']) options.delete(own);
  for (const [key, item] of options) options.set(key, optionValue(item));
  let results: Value[];
  try {
    results = lookup.call(
      runtime.env,
      terms.map((term) => settle(term, runtime)),
      options,
    );
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    if (isPassedOn(error)) throw error;
    const isHandled = error.kind === 'lookup';
    if (errors === 'warn') runtime.env.warn?.(isHandled ? IGNORED + error.message : unhandled(name, error));
    if (errors === 'ignore' || errors === 'warn') return wantsList ? [] : null;
    throw isHandled ? error : pythonError('AnsibleError', `${unhandled(name, error)}. ${error.message}`);
  }
  return wantsList ? results.map(wrapped) : wrapped(joinResults(results));
}

/** An option as Ansible's configuration hands it on: bytes are texts, and quotes around a text are dropped. */
function optionValue(option: Value): Value {
  const given = force(option);
  if (given instanceof PyBytes) return decodeText(given.bytes);
  return typeof given === 'string' ? unquote(given) : option;
}

/** A term with the templates rendered that stand in it as they were written. */
function settle(term: Value, runtime: LookupRuntime): Value {
  countVisit();
  if (Array.isArray(term)) return term.map((item) => settle(item, runtime));
  if (term instanceof LazyList && term.typeName === 'range') return Array.from(itemsOf(term));
  if (term instanceof PyTuple) return term.items.map((item) => settle(item, runtime));
  if (term instanceof Map) return new Map([...term].map(([key, item]) => [key, settle(item, runtime)]));
  if (term instanceof Undefined && !term.isLenient) throw undefinedError(term);
  if (!(term instanceof Template)) return force(term);
  return engineAbove().render(term.source, runtime.env, runtime);
}

/** A result as Ansible marks it as not to be trusted: texts that are safe for HTML become plain, views of dicts sets. */
function wrapped(value: Value): Value {
  countVisit();
  if (value instanceof Markup && value.mark === 'html') return value.text;
  if (value instanceof LazyList && value.typeName === 'range')
    throw typeError("'generator' object cannot be interpreted as an integer");
  if (value instanceof LazyList && value.typeName !== 'dict_values') return toSet(itemsOf(value));
  if (value instanceof PyTuple) return new PyTuple(value.items.map(wrapped), value.fields);
  if (Array.isArray(value)) return value.map(wrapped);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, wrapped(item)]));
  return value;
}

function isPassedOn(error: TemplateError): boolean {
  return error.kind === 'undefined' || error.pythonType === 'AnsibleOptionsError';
}

const IGNORED = 'Lookup failed but the error is being ignored: ';

function unhandled(name: string, error: TemplateError): string {
  const type = pythonClass(error.pythonType);
  return `An unhandled exception occurred while running the lookup plugin '${name}'. Error was a ${type}, original message: ${error.message}`;
}

/** Texts are joined by commas, one other value stands for itself, several stay a list. */
function joinResults(found: Value[]): Value {
  if (found.length === 0) return found;
  const texts = found.map(asText);
  if (texts.every((text) => text !== undefined)) {
    const joined = texts.join(',');
    const [first] = found;
    return first instanceof Markup && first.mark === 'verbatim'
      ? new Markup(joined, 'verbatim', true)
      : joined;
  }
  return found.length === 1 ? (found[0] ?? null) : found;
}
