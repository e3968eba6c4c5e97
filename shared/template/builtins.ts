/** The tables of filters, tests and lookups that templates can name. */

import type { Value } from '../base/value.ts';
import { countVisit } from './budget.ts';
import {
  type Applied,
  type Builtin,
  type Builtins,
  callBuiltin,
  calleeFor,
  type NamedCall,
} from './builtin.ts';
import type { Environment } from './environment.ts';
import { combinatoricFilters } from './filters/combinatorics.ts';
import { commentFilters } from './filters/comment.ts';
import { communityFilters } from './filters/community.ts';
import { dataFilters } from './filters/data.ts';
import { encodingFilters } from './filters/encoding.ts';
import { formatFilters } from './filters/formats.ts';
import { htmlFilters } from './filters/html.ts';
import { netcommonTable } from './filters/netcommon-table.ts';
import { numberFilters } from './filters/numbers.ts';
import { pathFilters } from './filters/path.ts';
import { randomFilters } from './filters/random.ts';
import { regexFilters } from './filters/regex.ts';
import { makeSelectFilters } from './filters/select.ts';
import { sequenceFilters } from './filters/sequence.ts';
import { setFilters } from './filters/sets.ts';
import { textFilters } from './filters/text.ts';
import { timeFilters } from './filters/time.ts';
import { utilsFilters } from './filters/utils.ts';
import { vaultFilters } from './filters/vault.ts';
import { collectionLookups } from './lookups/collections.ts';
import { lookupTable } from './lookups/table.ts';
import { couldNotLoad, pluginName } from './plugin-name.ts';
import { bindArguments } from './python/bind-arguments.ts';
import { calleeOf } from './python/callee.ts';
import { Markup } from './python/special.ts';
import { asText } from './python/values.ts';
import { TemplateError } from './template-error.ts';
import { addressTests } from './tests/addresses.ts';
import { communityTests } from './tests/community.ts';
import { fileTests } from './tests/files.ts';
import { matchingTests } from './tests/matching.ts';
import { resultTests } from './tests/result.ts';
import { typeTests } from './tests/types.ts';
import { versionTests } from './tests/version.ts';
import { unsupportedFilters, unsupportedLookups, unsupportedTests } from './unsupported.ts';
import { VERBATIM_FILTERS } from './verbatim.ts';

const COLLECTION = 'ansible.builtin.';

/** A table by name, each entry also under its name in Ansible's own collection. */
function table(kind: 'filter' | 'test', entries: readonly Builtin[]): Map<string, Builtin> {
  return new Map(
    entries.flatMap((one) => {
      const entry = { ...one, callee: calleeOf(kind, one.name, one.signature) };
      return [one.name, COLLECTION + one.name].map((name) => [name, entry]);
    }),
  );
}

/** The filter; text that it makes comes with a mark when it is to stay text. */
function keptVerbatim(filter: Builtin): Builtin {
  if (!VERBATIM_FILTERS.has(filter.name)) return filter;
  const call: Builtin['call'] = (env, value, ...args) => {
    const made = filter.call(env, value, ...args);
    const text = typeof made === 'string' || made instanceof Markup ? asText(made) : undefined;
    return text === undefined ? made : new Markup(text, 'verbatim');
  };
  return { ...filter, call };
}

const filters: ReadonlyMap<string, Builtin> = new Map([
  ...communityFilters,
  ...utilsFilters,
  ...netcommonTable,
  ...unsupportedFilters,
  ...table(
    'filter',
    [
      ...textFilters,
      ...sequenceFilters,
      ...makeSelectFilters({ filter: namedFilter, test: namedTest }),
      ...setFilters,
      ...dataFilters,
      ...numberFilters,
      ...regexFilters,
      ...encodingFilters,
      ...randomFilters,
      ...pathFilters,
      ...combinatoricFilters,
      ...htmlFilters,
      ...formatFilters,
      ...timeFilters,
      ...commentFilters,
      ...vaultFilters,
    ].map(keptVerbatim),
  ),
]);

const tests: ReadonlyMap<string, Builtin> = new Map([
  ...addressTests,
  ...communityTests,
  ...unsupportedTests,
  ...table('test', [
    ...typeTests,
    ...resultTests,
    ...matchingTests,
    ...fileTests,
    ...versionTests,
    { name: 'filter', signature: '', call: (_env, value) => isKnown(filters, pluginName(value)) },
    { name: 'test', signature: '', call: (_env, value) => isKnown(tests, pluginName(value)) },
  ]),
]);

/** The tables. */
export const builtins: Builtins = {
  filters,
  tests,
  lookups: new Map([...lookupTable, ...collectionLookups, ...unsupportedLookups]),
};

/** The filter that `map('name')` names, with its arguments. */
function namedFilter(env: Environment, call: NamedCall): Applied {
  return applied(env, filters.get(call.name), call);
}

/** The test that `select('name')` names, with its arguments. */
export function namedTest(env: Environment, call: NamedCall): Applied {
  return applied(env, tests.get(call.name), call);
}

/** Ansible raises for a name that is not known, even where a template only asks. */
function isKnown(known: ReadonlyMap<string, Builtin>, name: string): boolean {
  if (known.has(name)) return true;
  throw notLoaded(name);
}

/** Found out while rendering, so Ansible does not report it as a fault of the text; Jinja2 has no line for it. */
function notLoaded(name: string): TemplateError {
  const at = { source: '', line: 0 };
  return new TemplateError('runtime', 'TemplateSyntaxError', couldNotLoad(name), at);
}

/** Nothing is found to be wrong with the name or the arguments before there is a value. */
function applied(env: Environment, builtin: Builtin | undefined, { name, args, kwargs }: NamedCall): Applied {
  let bound: readonly Value[] | undefined;
  return (value) => {
    if (builtin === undefined) throw notLoaded(name);
    bound ??= bindArguments(calleeFor(builtin), args, kwargs);
    countVisit();
    return callBuiltin(builtin, env, { subject: value, args: bound });
  };
}
