/** The lookup of parameters in Systems Manager Parameter Store: `amazon.aws.aws_ssm`, by name and by path. */

import type { AwsAccess, AwsAnswer, AwsFailure, AwsValues, NamedValue } from '../../base/aws-values.ts';
import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment } from '../environment.ts';
import { lookupError } from '../filter-error.ts';
import { str } from '../python/repr.ts';
import { force, isTrue } from '../python/values.ts';
import { ACCESS_OPTIONS, parameterAccess } from './aws-access.ts';
import {
  botocoreError,
  clientErrorText,
  isDenied,
  parameterProblem,
  type Reaction,
  type ReactionWords,
  type RequestParameter,
  reactionOption,
  reactTo,
  refuseUnexpected,
} from './aws-errors.ts';
import { answered, type Found } from './aws-found.ts';
import type { LookupOptions } from './options.ts';

/** The lookup, under its older and its newer name. */
export const parameterLookups: readonly Lookup[] = [
  'aws_ssm',
  'amazon.aws.aws_ssm',
  'amazon.aws.ssm_parameter',
  'community.aws.aws_ssm',
].map((name) => ({ name, call: findParameters }));

const OPTIONS = [
  ...ACCESS_OPTIONS,
  'bypath',
  'decrypt',
  'on_denied',
  'on_missing',
  'recursive',
  'shortnames',
];

type Ask = {
  readonly aws: AwsValues;
  readonly access: AwsAccess;
  readonly onMissing: Reaction;
  readonly onDenied: Reaction;
  readonly options: LookupOptions;
};

function findParameters(env: Environment, terms: readonly Value[], options: LookupOptions): Value[] {
  refuseUnexpected(options, OPTIONS);
  const onMissing = reactionOption(options, 'on_missing');
  const onDenied = reactionOption(options, 'on_denied');
  const ask = { access: parameterAccess(env, options), onMissing, onDenied, options };
  const isByPath = isTrue(force(options.get('bypath') ?? false));
  const key = ['aws_ssm', ...terms.map((term) => str(force(term)))].join(' ');
  const find = isByPath ? findBelow : findOne;
  return answered(env, key, (aws) => Promise.all(terms.map((term) => find({ ...ask, aws }, term))));
}

async function findOne(ask: Ask, term: Value): Promise<Found> {
  const problem = requestProblem(ask, [{ name: 'Name', value: term, type: 'str', shortest: 1 }]);
  if (problem !== undefined) return { error: botocoreError('ParamValidationError', problem) };
  const name = str(force(term));
  const answer = await ask.aws.parameter({ name, isDecrypted: isOn(ask, 'decrypt') }, ask.access);
  if (answer.kind === 'found') return { value: answer.value };
  const isMissing = answer.kind === 'refused' && answer.code === 'ParameterNotFound';
  if (isMissing) return reactTo(ask.onMissing, notFound('parameter', name), null);
  if (isDenied(answer)) return reactTo(ask.onDenied, denied('parameter', name), null);
  return { error: serviceError(answer) };
}

async function findBelow(ask: Ask, term: Value): Promise<Found> {
  const recursive: RequestParameter = { name: 'Recursive', value: optionOf(ask, 'recursive'), type: 'bool' };
  const problem = requestProblem(ask, [recursive, { name: 'Path', value: term, type: 'str', shortest: 1 }]);
  if (problem !== undefined) return { error: botocoreError('ParamValidationError', problem) };
  const path = str(force(term));
  const question = { path, isRecursive: isOn(ask, 'recursive'), isDecrypted: isOn(ask, 'decrypt') };
  const answer: AwsAnswer<readonly NamedValue[]> = await ask.aws.parametersBelow(question, ask.access);
  if (answer.kind === 'found') {
    const dict = dictOf(answer.value, isTrue(optionOf(ask, 'shortnames')));
    return dict.size === 0 ? reactTo(ask.onMissing, notFound('parameter path', path), dict) : { value: dict };
  }
  if (isDenied(answer)) return reactTo(ask.onDenied, denied('parameter path', path), new Map());
  return { error: serviceError(answer) };
}

const DEFAULTS: ReadonlyMap<string, Value> = new Map([
  ['decrypt', true],
  ['recursive', false],
  ['shortnames', false],
]);

function optionOf({ options }: Ask, name: string): Value {
  return force((options.has(name) ? options : DEFAULTS).get(name) ?? null);
}

function isOn(ask: Ask, name: string): boolean {
  return isTrue(optionOf(ask, name));
}

function requestProblem(ask: Ask, more: readonly RequestParameter[]): string | undefined {
  const decrypt = optionOf(ask, 'decrypt');
  return parameterProblem([{ name: 'WithDecryption', value: decrypt, type: 'bool' }, ...more]);
}

/** Of names that are shortened to the same, the last one counts. */
function dictOf(parameters: readonly NamedValue[], isShort: boolean): Map<Value, Value> {
  return new Map(
    parameters.map(({ name, value }) => [isShort ? name.slice(name.lastIndexOf('/') + 1) : name, value]),
  );
}

function notFound(what: string, name: string): ReactionWords {
  return {
    error: `Failed to find SSM ${what} ${name} (ResourceNotFound)`,
    warning: `Skipping, did not find SSM ${what} ${name}`,
  };
}

function denied(what: string, name: string): ReactionWords {
  return {
    error: `Failed to access SSM ${what} ${name} (AccessDenied)`,
    warning: `Skipping, access denied for SSM ${what} ${name}`,
  };
}

function serviceError(failure: AwsFailure): Error {
  const text = clientErrorText(failure);
  return failure.kind === 'refused'
    ? lookupError(`SSM lookup exception: ${text}`)
    : botocoreError(failure.why, text);
}
