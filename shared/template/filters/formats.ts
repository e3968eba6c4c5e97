/** Ansible's filters between data and text formats: JSON and YAML. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { filterErrorFrom } from '../filter-error.ts';
import { dumpJson, loadJson, type TemplateJsonOptions } from '../json.ts';
import { typeError, undefinedError } from '../python-error.ts';
import { indexArgument } from '../python-number.ts';
import { str } from '../python-repr.ts';
import { PyBytes, Undefined } from '../special.ts';
import { TemplateError } from '../template-error.ts';
import { asInt, asSequence, asText, force, isTrue, typeName } from '../values.ts';
import { prettyPrint } from './pretty-print.ts';
import { emitYaml } from './yaml-emitter.ts';
import { representYaml } from './yaml-represent.ts';

/** Format filters. */
export const formatFilters: readonly Builtin[] = [
  {
    name: 'to_json',
    signature: '*args, **kwargs',
    call: (env, value, _args, kwargs = null) => toJson(env, value, kwargs),
  },
  { name: 'to_nice_json', signature: 'indent=4, sort_keys=True, *args, **kwargs', call: toNiceJson },
  { name: 'from_json', signature: '', call: (_env, value) => fromJson(force(value)) },
  { name: 'to_yaml', signature: '*args, **kwargs', call: toYaml },
  { name: 'to_nice_yaml', signature: 'indent=4, *args, **kwargs', call: toNiceYaml },
  { name: 'from_yaml', signature: '', call: (env, value) => fromYaml(env, force(value)) },
  { name: 'from_yaml_all', signature: '', call: (env, value) => fromYamlAll(env, force(value)) },
  { name: 'pprint', signature: '', call: (_env, value) => prettyPrint(force(value)) },
];

type Options = ReadonlyMap<Value, Value>;

function optionsOf(kwargs: Value): Options {
  return kwargs instanceof Map ? kwargs : new Map();
}

function toJson(env: Environment, value: Value, kwargs: Value): string {
  const options = optionsOf(kwargs);
  const separators = asSequence(force(options.get('separators') ?? null))?.map(str);
  const opensVaults = isTrue(options.get('vault_to_text') ?? true);
  const layout: TemplateJsonOptions = {
    ...indentOption(options.get('indent') ?? null),
    sortKeys: isTrue(options.get('sort_keys') ?? false),
    ensureAscii: isTrue(options.get('ensure_ascii') ?? true),
    ...(separators === undefined ? {} : { separators: [separators[0] ?? ', ', separators[1] ?? ': '] }),
    ...(opensVaults ? { decrypt: env.decrypt } : {}),
  };
  return dumpJson(force(value), layout);
}

function indentOption(indent: Value): { indent?: number | string } {
  if (indent === null) return {};
  return { indent: asInt(indent) === undefined ? str(indent) : indexArgument(indent) };
}

function toNiceJson(
  env: Environment,
  value: Value,
  indent: Value = 4,
  sortKeys: Value = true,
  _args: Value = [],
  kwargs: Value = null,
): Value {
  const options = new Map(optionsOf(kwargs));
  options.set('indent', indent);
  options.set('sort_keys', sortKeys);
  options.set('separators', [',', ': ']);
  return toJson(env, value, options);
}

function fromJson(value: Value): Value {
  const text = value instanceof PyBytes ? Buffer.from(value.bytes).toString('utf8') : asText(value);
  if (text === undefined) {
    throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeName(value)}`);
  }
  return loadJson(text);
}

const DEFAULT_WIDTH = 80;
const INDENT_MIN = 2;
const INDENT_MAX = 9;
const STYLES = ['', "'", '"', '|', '>'] as const;

function dumpYaml(value: Value, options: Options): string {
  const flow = force(options.get('default_flow_style') ?? null);
  const given = asText(force(options.get('default_style') ?? '')) ?? '';
  const wanted = options.get('indent') ?? null;
  const indent = wanted === null ? INDENT_MIN : indexArgument(wanted);
  const width = options.get('width') ?? null;
  const columns = width === null ? DEFAULT_WIDTH : indexArgument(width);
  const levels = indent < INDENT_MIN || indent > INDENT_MAX ? INDENT_MIN : indent;
  const isNarrow = columns >= 0 && columns <= levels * 2;
  const node = representYaml(value, {
    isFlow: flow === null ? undefined : isTrue(flow),
    defaultStyle: STYLES.find((style) => style === given) ?? '',
    sortKeys: isTrue(options.get('sort_keys') ?? true),
  });
  return emitYaml(node, {
    indent: levels,
    width: isNarrow ? DEFAULT_WIDTH : columns < 0 ? Number.POSITIVE_INFINITY : columns,
    isUnicode: true,
    explicitStart: isTrue(options.get('explicit_start') ?? false),
    explicitEnd: isTrue(options.get('explicit_end') ?? false),
    canonical: isTrue(options.get('canonical') ?? false),
  });
}

function toYaml(_env: unknown, value: Value, _args: Value = [], kwargs: Value = null): Value {
  return named('to_yaml', () => {
    refuseTwice(kwargs, ['allow_unicode']);
    return dumpYaml(force(value), optionsOf(kwargs));
  });
}

function toNiceYaml(
  _env: unknown,
  value: Value,
  indent: Value = 4,
  _args: Value = [],
  kwargs: Value = null,
): Value {
  const options = new Map(optionsOf(kwargs));
  options.set('indent', indent);
  options.set('default_flow_style', false);
  return named('to_nice_yaml', () => {
    refuseTwice(kwargs, ['allow_unicode', 'default_flow_style']);
    return dumpYaml(force(value), options);
  });
}

/** Options that the filters set themselves cannot be given. */
function refuseTwice(kwargs: Value, names: readonly string[]): void {
  const twice = names.find((name) => optionsOf(kwargs).has(name));
  if (twice === undefined) return;
  throw typeError(`yaml.dump() got multiple values for keyword argument '${twice}'`);
}

/** Puts the filter's name before the message of an error, as Ansible does. */
function named(filter: string, attempt: () => string): string {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    throw filterErrorFrom(`${filter} - ${error.message}`, error.message);
  }
}

function fromYaml(env: Environment, value: Value): Value {
  const text = asText(value);
  if (text === undefined) return value;
  const documents = env.parseYaml(text);
  if (documents.length > 1) {
    throw new TemplateError('runtime', 'ComposerError', 'expected a single document in the stream');
  }
  return documents[0] ?? null;
}

function fromYamlAll(env: Environment, value: Value): Value {
  if (value instanceof Undefined) throw undefinedError(value);
  const text = asText(value);
  return text === undefined ? value : [...env.parseYaml(text)];
}
