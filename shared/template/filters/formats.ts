/** Ansible's filters between data and text formats: JSON and YAML. */

import { formatFloat } from '../../base/json.ts';
import { PyFloat, type Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { className, filterErrorFrom } from '../filter-error.ts';
import { dumpJson, loadJson, type TemplateJsonOptions } from '../formats/json.ts';
import { decodeText } from '../python/codec.ts';
import { pythonError, typeError, undefinedError, valueError } from '../python/error.ts';
import { intArgument } from '../python/method.ts';
import { truncateFloat } from '../python/number.ts';
import { str } from '../python/repr.ts';
import { PyBytes, Undefined } from '../python/special.ts';
import { asInt, asSequence, asText, force, isTrue, typeName } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { prettyPrint } from './pretty-print.ts';
import { pairOf, unrolled } from './sequence.ts';
import { emitYaml } from './yaml-emitter.ts';
import { representYaml } from './yaml-represent.ts';

/** Format filters. */
export const formatFilters: readonly Builtin[] = [
  {
    name: 'to_json',
    signature: '*args, **kwargs',
    call: (env, value, args = [], kwargs = null) => toJson(env, value, { args, kwargs }),
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

const JSON_OPTIONS: ReadonlySet<Value> = new Set(
  'skipkeys ensure_ascii check_circular allow_nan cls indent separators default sort_keys'.split(' '),
);
/** What Ansible takes for itself, and does not hand on. */
const OWN_OPTIONS: readonly Value[] = ['vault_to_text', 'preprocess_unsafe'];

/** Options that Python's `json.dumps` does not know, and arguments beside them. */
function checkJsonOptions(args: Value, options: Options): void {
  const given = asSequence(args)?.length ?? 0;
  const names = [...options.keys()].filter((name) => !OWN_OPTIONS.includes(name));
  if (given > 0) {
    const also =
      names.length === 0 ? '1 keyword-only argument' : `${names.length + 1} keyword-only arguments`;
    throw typeError(
      `dumps() takes 1 positional argument but ${given + 1} positional arguments (and ${also}) were given`,
    );
  }
  const unknown = names.find((name) => !JSON_OPTIONS.has(name));
  if (unknown !== undefined)
    throw typeError(`JSONEncoder.__init__() got an unexpected keyword argument '${str(unknown)}'`);
}

type Given = { readonly args: Value; readonly kwargs: Value };

function toJson(env: Environment, value: Value, { args, kwargs }: Given): string {
  const options = optionsOf(kwargs);
  checkJsonOptions(args, options);
  if (options.has('cls')) throw typeError("json.dumps() got multiple values for keyword argument 'cls'");
  const isOn = (name: string, usual: boolean): boolean =>
    isTrue(options.get(name) ?? (options.has(name) ? null : usual));
  const ensureAscii = isOn('ensure_ascii', true);
  for (const name of ['skipkeys', 'check_circular', 'preprocess_unsafe']) isOn(name, true);
  const separators = force(options.get('separators') ?? null);
  const layout: TemplateJsonOptions = {
    ...indentOption(options.get('indent') ?? null, force(value)),
    sortKeys: isOn('sort_keys', false),
    ensureAscii,
    ...(isOn('allow_nan', true) ? {} : { writeFloat: writeFinite }),
    ...(separators === null ? {} : { separators: separatorPair(separators) }),
    ...(isOn('vault_to_text', true) ? { decrypt: env.decrypt } : {}),
  };
  return dumpJson(force(value), layout);
}

function writeFinite(value: number): string {
  if (Number.isFinite(value)) return formatFloat(value);
  throw valueError('Out of range float values are not JSON compliant');
}

/** The texts between items, and between a key and its value. */
function separatorPair(given: Value): readonly [string, string] {
  const [item = null, key = null] = pairOf(given);
  const texts = [key, item].map((part, index) => {
    const text = asText(force(part));
    if (text !== undefined) return text;
    throw typeError(
      `make_encoder() argument ${index + 5} must be str, not ${part === null ? 'None' : typeName(part)}`,
    );
  });
  return [texts[1] ?? '', texts[0] ?? ''];
}

/** The option `indent` of Python's `json.dumps`, which does not look at it for a text. */
export function indentOption(given: Value, value: Value): { indent?: number | string } {
  const indent = force(given);
  if (indent === null || asText(value) !== undefined) return {};
  const text = asText(indent);
  if (text !== undefined) return { indent: text };
  if (indent instanceof Undefined) throw undefinedError(indent);
  if (asInt(indent) === undefined)
    throw typeError(`can't multiply sequence by non-int of type '${typeName(indent)}'`);
  return { indent: intArgument(indent) };
}

function toNiceJson(
  env: Environment,
  value: Value,
  indent: Value = 4,
  sortKeys: Value = true,
  args: Value = [],
  kwargs: Value = null,
): Value {
  const options = new Map(optionsOf(kwargs));
  if (options.has('separators'))
    throw typeError("to_json() got multiple values for keyword argument 'separators'");
  options.set('indent', indent);
  options.set('sort_keys', sortKeys);
  options.set('separators', [',', ': ']);
  return toJson(env, value, { args, kwargs: options });
}

function fromJson(value: Value): Value {
  const text = value instanceof PyBytes ? decodeText(value.bytes, 'utf-8', 'strict') : asText(value);
  if (text === undefined) {
    throw typeError(`the JSON object must be str, bytes or bytearray, not ${className(value)}`);
  }
  return loadJson(text);
}

const YAML_OPTIONS: ReadonlySet<Value> = new Set(
  (
    'default_style default_flow_style canonical indent width allow_unicode line_break encoding explicit_start ' +
    'explicit_end version tags sort_keys'
  ).split(' '),
);

function checkYamlOptions(kwargs: Value): void {
  const unknown = [...optionsOf(kwargs).keys()].find((name) => !YAML_OPTIONS.has(name));
  if (unknown !== undefined)
    throw typeError(`dump_all() got an unexpected keyword argument '${str(unknown)}'`);
}

function yamlNumber(given: Value): number {
  const number = force(given);
  if (number instanceof Undefined) throw undefinedError(number);
  const int = number instanceof PyFloat ? truncateFloat(number.value) : asInt(number);
  if (int === undefined) throw typeError('an integer is required');
  if (Math.abs(Number(int)) >= 2 ** 63)
    throw pythonError('OverflowError', 'Python int too large to convert to C long');
  return Number(int);
}

const DEFAULT_WIDTH = 80;
const INDENT_MIN = 2;
const INDENT_MAX = 9;
const STYLES = ['', "'", '"', '|', '>'] as const;

/** The YAML text of a value, with the options of PyYAML. */
export function dumpYaml(value: Value, options: Options): string {
  const flow = force(options.get('default_flow_style') ?? null);
  const given = force(options.get('default_style') ?? '');
  const canonical = isTrue(options.get('canonical') ?? false);
  const wanted = options.get('indent') ?? null;
  const indent = wanted === null ? INDENT_MIN : yamlNumber(wanted);
  const width = options.get('width') ?? null;
  const columns = width === null ? DEFAULT_WIDTH : yamlNumber(width);
  const levels = indent < INDENT_MIN || indent > INDENT_MAX ? INDENT_MIN : indent;
  const isNarrow = columns >= 0 && columns <= levels * 2;
  const node = representYaml(value, {
    isFlow: flow === null ? undefined : isTrue(flow),
    defaultStyle: STYLES.find((style) => style === asText(given)) ?? '',
    isStyled: isTrue(given),
    isTagged: canonical,
    sortKeys: isTrue(options.get('sort_keys') ?? true),
  });
  return emitYaml(node, {
    indent: levels,
    width: isNarrow ? DEFAULT_WIDTH : columns < 0 ? Number.POSITIVE_INFINITY : columns,
    isUnicode: true,
    explicitStart: isTrue(options.get('explicit_start') ?? false),
    explicitEnd: isTrue(options.get('explicit_end') ?? false),
    canonical,
  });
}

function toYaml(_env: unknown, value: Value, _args: Value = [], kwargs: Value = null): Value {
  return named('to_yaml', () => {
    refuseTwice(kwargs, ['allow_unicode']);
    checkYamlOptions(kwargs);
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
    checkYamlOptions(kwargs);
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
  if (text === undefined) return unrolled(value);
  const documents = env.parseYaml(text);
  if (documents.length > 1) {
    throw new TemplateError('runtime', 'ComposerError', 'expected a single document in the stream');
  }
  return documents[0] ?? null;
}

/** Every line: YAML sees no document in it. */
const BLANK_OR_COMMENT = /^(?:[ \t]*(?:#.*)?(?:\r\n?|\n|$))*$/;

function fromYamlAll(env: Environment, value: Value): Value {
  if (value instanceof Undefined && !value.isLenient) throw undefinedError(value);
  const text = asText(value);
  if (text === undefined) return value;
  const documents = env.parseYaml(text);
  return BLANK_OR_COMMENT.test(text) ? [] : [...documents];
}
