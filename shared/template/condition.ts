/** Ansible's rules for conditions: bare expressions, booleans, and names that are tested for being defined. */

import type { Value } from '../base/value.ts';
import { str } from './python/repr.ts';
import { Template } from './python/special.ts';
import { asText, isTrue } from './python/values.ts';
import { TemplateError } from './template-error.ts';

/** What asking a condition needs. */
type Asking = {
  /** Whether a text from outside went into what the condition renders to. */
  readonly isReceived: () => boolean;
  readonly renderValue: (raw: Value) => Value;
  /** Renders a text, with or without lookups. */
  readonly renderText: (text: string, areLookupsDisabled: boolean) => Value;
};

/** Whether a condition holds; errors are in the words of Ansible's conditional check. */
export function isConditionMet(condition: Value, asking: Asking): boolean {
  if (condition === null || condition === '') return true;
  if (typeof condition === 'boolean') return condition;
  try {
    return check(condition, asking);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `The conditional check '${str(condition)}' failed. The error was: ${error.message}`;
    throw rename(error, 'AnsibleError', message);
  }
}

function rename(error: TemplateError, pythonType: string, message: string): TemplateError {
  const at = error.source === undefined ? undefined : { source: error.source, line: error.line ?? 1 };
  return new TemplateError(error.kind, pythonType, message, at);
}

function check(condition: Value, { isReceived, renderValue, renderText }: Asking): boolean {
  const original = str(condition);
  let text = original;
  try {
    const first = renderValue(condition);
    const firstText = asText(first);
    if (firstText === undefined || firstText === '') return isTrue(first);
    text = firstText;
    if (condition instanceof Template && isReceived()) throw unsafeCondition();
    // What an inline template gave is compared and tested, but it looks nothing up.
    return decide(original, renderText(presented(text), condition instanceof Template));
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
    const answer = testedDefinition(text, error.message);
    if (answer !== undefined) return answer;
    throw rename(
      error,
      'AnsibleUndefinedVariable',
      `error while evaluating conditional (${original}): ${error.message}`,
    );
  }
}

function unsafeCondition(): TemplateError {
  const message = 'Conditional is marked as unsafe, and cannot be evaluated.';
  return new TemplateError('runtime', 'AnsibleTemplateError', message);
}

function presented(text: string): string {
  return `{% if ${text} %} True {% else %} False {% endif %}`;
}

function decide(original: string, value: Value): boolean {
  const answer = str(value).trim();
  if (answer === 'True') return true;
  if (answer === 'False') return false;
  throw new TemplateError('runtime', 'AnsibleError', `unable to evaluate conditional: ${original}`);
}

const UNDEFINED_NAME = /'(hostvars\[.+\]|[\p{L}\p{N}_]+)' is undefined/u;
const DEFINITION_TEST = /(hostvars\[.+\]|[\p{L}\p{N}_]+)\s+(not\s+is|is|is\s+not)\s+(defined|undefined)/gu;

/** What the condition says about a name being defined, when that name was what the error complains about. */
function testedDefinition(text: string, message: string): boolean | undefined {
  const missing = UNDEFINED_NAME.exec(message)?.[1]?.replaceAll("'", '"');
  if (missing === undefined) return undefined;
  for (const [, name = '', logic = '', state] of text.matchAll(DEFINITION_TEST)) {
    if (name.replaceAll("'", '"') !== missing) continue;
    const shouldExist = logic.includes('not') !== (state === 'defined');
    return !shouldExist;
  }
  return undefined;
}
