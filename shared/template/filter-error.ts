/** Errors that Ansible's own filters, tests and lookups raise, as their callers see them. */

import type { Value } from '../base/value.ts';
import { undefinedError } from './python/error.ts';
import { repr } from './python/repr.ts';
import { Undefined } from './python/special.ts';
import { force, typeName } from './python/values.ts';
import { TemplateError } from './template-error.ts';

/** Ansible's AnsibleFilterError. */
export function filterError(message: string): TemplateError {
  return new TemplateError('runtime', 'AnsibleFilterError', message);
}

/** An AnsibleFilterError made of another error: Ansible puts that one's words at the end of the message. */
export function filterErrorFrom(message: string, cause: string): TemplateError {
  return filterError(`${message}. ${cause}`);
}

/** Ansible's AnsibleFilterTypeError. */
export function filterTypeError(message: string): TemplateError {
  return new TemplateError('runtime', 'AnsibleFilterTypeError', message);
}

/** Jinja2's FilterArgumentError. */
export function filterArgumentError(message: string): TemplateError {
  return new TemplateError('runtime', 'FilterArgumentError', message);
}

/** Ansible's AnsibleError, which lookups raise most: `lookup()` reports it as an exception nobody handled. */
export function ansibleError(message: string): TemplateError {
  return new TemplateError('runtime', 'AnsibleError', message);
}

/** Ansible's AnsibleLookupError: the kind that `errors='ignore'` is made for. */
export function lookupError(message: string): TemplateError {
  return new TemplateError('lookup', 'AnsibleLookupError', message);
}

/** Python's AttributeError for what a value has not; an undefined value raises its own error. */
export function attributeError(value: Value, name: string): TemplateError {
  const settled = force(value);
  if (settled instanceof Undefined) return undefinedError(settled);
  const type = typeName(settled);
  const owner =
    type === 'type' ? `type object '${repr(settled).replace(/^.*?(\w+)'>$/, '$1')}'` : `'${type}' object`;
  return new TemplateError('runtime', 'AttributeError', `${owner} has no attribute '${name}'`);
}

/** Where classes are that are not Python's own. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ['AnsibleUndefined', 'ansible.template.native_helpers.'],
  ['Cycler', 'jinja2.utils.'],
  ['Joiner', 'jinja2.utils.'],
  ['LoopContext', 'jinja2.runtime.'],
  ['Macro', 'jinja2.runtime.'],
  ['Markup', 'markupsafe.'],
  ['Namespace', 'jinja2.utils.'],
  ['Undefined', 'jinja2.runtime.'],
]);

/** The name of a value's class without its module. */
export function className(value: Value): string {
  return typeName(value).replace(/^.*\./, '');
}

/** What `'%s' % type(value)` prints. */
export function classText(value: Value): string {
  const name = typeName(value);
  return `<class '${MODULES.get(name) ?? ''}${name}'>`;
}

/** Runs `attempt`; an error of the template for which `handle` returns another is replaced by that. */
export function rethrown<T>(attempt: () => T, handle: (error: TemplateError) => Error | undefined): T {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw handle(error) ?? error;
  }
}
