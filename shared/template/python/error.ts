/** Python's exceptions as a template raises them, each in its own words. */

import { TemplateError } from '../template-error.ts';
import type { Undefined } from './special.ts';

/** An error that Python code would raise as `pythonType`. */
export function pythonError(pythonType: string, message: string): TemplateError {
  return new TemplateError('runtime', pythonType, message);
}

/** Python's TypeError. */
export function typeError(message: string): TemplateError {
  return pythonError('TypeError', message);
}

/** Python's ValueError. */
export function valueError(message: string): TemplateError {
  return pythonError('ValueError', message);
}

/** What using an undefined value raises. */
export function undefinedError(value: Undefined): TemplateError {
  return new TemplateError('undefined', 'AnsibleUndefinedVariable', value.message);
}

/** What is read from an undefined value: itself, so that the first failure is the one reported. That of an inline `if` raises. */
export function chained(value: Undefined): Undefined {
  if (value.isLenient) throw undefinedError(value);
  return value;
}

/** A render that would use more than it may. */
export function limitError(message: string): TemplateError {
  return new TemplateError('limit', 'RecursionError', message);
}
