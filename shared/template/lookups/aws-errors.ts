/** What the lookups of AWS raise and warn of, in the words of Ansible's collection and of botocore. */

import type { AwsFailure } from '../../base/aws-values.ts';
import type { Value } from '../../base/value.ts';
import { classText, lookupError } from '../filter-error.ts';
import { pythonError, undefinedError } from '../python/error.ts';
import { str } from '../python/repr.ts';
import { Undefined } from '../python/special.ts';
import { asText, force, typeName } from '../python/values.ts';
import type { TemplateError } from '../template-error.ts';
import type { Found } from './aws-found.ts';
import type { LookupOptions } from './options.ts';

/** What to do where something is missing, denied or deleted. */
export type Reaction = 'error' | 'skip' | 'warn';

/** The text of the exception that botocore would raise. */
export function clientErrorText(failure: AwsFailure): string {
  if (failure.kind === 'unasked') return failure.message;
  const { code, message, operation } = failure;
  return `An error occurred (${code}) when calling the ${operation} operation: ${message}`;
}

/** An exception of botocore that the plugin does not handle. */
export function botocoreError(name: string, message: string): TemplateError {
  return pythonError(`botocore.exceptions.${name}`, message);
}

/** Whether the account may not read it. */
export function isDenied(failure: AwsFailure): boolean {
  return failure.kind === 'refused' && failure.code === 'AccessDeniedException';
}

/** A reaction among the options of `aws_ssm`. */
export function reactionOption(options: LookupOptions, name: string): Reaction {
  const value = force(options.get(name) ?? 'error');
  return reactionOf(name, asText(value)?.toLowerCase(), str(value));
}

/** The same for `aws_secret`, which takes texts only, and shows them in small letters. */
export function textReactionOption(options: LookupOptions, name: string): Reaction {
  const value = force(options.get(name) ?? 'error');
  const text = asText(value)?.toLowerCase();
  if (text !== undefined) return reactionOf(name, text, text);
  throw pythonError('AttributeError', `'${typeName(value)}' object has no attribute 'lower'`);
}

function reactionOf(name: string, text: string | undefined, shown: string): Reaction {
  if (text === 'error' || text === 'skip' || text === 'warn') return text;
  throw lookupError(`"${name}" must be a string and one of "error", "warn" or "skip", not ${shown}`);
}

/** The value, or the error, where there is nothing to give. */
export function reactTo(reaction: Reaction, { error, warning }: ReactionWords, value: Value): Found {
  if (reaction === 'error') return { error: lookupError(error) };
  return reaction === 'warn' ? { value, warnings: [warning] } : { value };
}

/** What the error says, and the warning. */
export type ReactionWords = { readonly error: string; readonly warning: string };

/** Refuses options that the plugin's function has no parameter for. */
export function refuseUnexpected(options: LookupOptions, known: readonly string[]): void {
  const unexpected = [...options.keys()].find((name) => !known.includes(name));
  if (unexpected === undefined) return;
  throw pythonError('TypeError', `LookupModule.run() got an unexpected keyword argument '${unexpected}'`);
}

/** A parameter of a request, as botocore looks at it before it sends anything. */
export type RequestParameter = {
  readonly name: string;
  readonly value: Value;
  readonly type: 'bool' | 'str';
  /** Of texts. */
  readonly shortest?: number;
};

/** Why botocore would not send a request, or undefined. */
export function parameterProblem(parameters: readonly RequestParameter[]): string | undefined {
  const problems = parameters.flatMap(({ name, shortest = 0, type, value: given }) => {
    const value = force(given);
    if (value instanceof Undefined) throw undefinedError(value);
    const text = asText(value);
    if (type === 'bool' ? typeof value !== 'boolean' : text === undefined) {
      return `Invalid type for parameter ${name}, value: ${str(value)}, type: ${classText(value)}, valid types: <class '${type}'>`;
    }
    return text === undefined || text.length >= shortest
      ? []
      : `Invalid length for parameter ${name}, value: ${text.length}, valid min length: ${shortest}`;
  });
  return problems.length === 0 ? undefined : ['Parameter validation failed:', ...problems].join('\n');
}
