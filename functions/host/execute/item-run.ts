/** One action on one host: conditions, arguments, the action itself, and what its result means. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { everyKeyword } from '../../../shared/project/inheritance.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { asTemplate, hasMarkers, Markup, Vaulted } from '../../../shared/template/python/special.ts';
import { isConditionTrue, renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { type ActionCall, ActionFailure, THROWN, UNCAUGHT } from '../actions/action.ts';
import { actionNames, shortName } from '../actions/action-name.ts';
import { explainRenderError, whereabouts } from './explain-error.ts';
import type { PlayContext } from './play-context.ts';
import type { RenderSite } from './render-site.ts';
import { environmentOf } from './task-environment.ts';
import { moduleDefaults, renderableKeywords, renderKeywords, type TaskKeywords } from './task-keywords.ts';

/** A task or item that has been rendered: skipped or wrong, or ready to be sent. */
export type Prepared =
  | { readonly kind: 'ready'; readonly call: ActionCall }
  | {
      /** A wrong item ends its loop; a failed one does not. */
      readonly kind: 'failed' | 'skipped' | 'wrong';
      readonly result: Dict;
      readonly keywords: TaskKeywords | undefined;
    };

/** Renders everything that a task needs before it runs. Has no effects; throws Suspension when a value is not there yet. */
export function prepareItem(site: RenderSite, task: Task, loopError: TemplateError | undefined): Prepared {
  const env = environmentOf(site);
  const { context, host } = site;
  try {
    const isSkipped = conditionsOf(task).some((condition) => !isTrueUnless(loopError, condition, env));
    if (isSkipped)
      return {
        kind: 'skipped',
        result: skipped(),
        keywords: renderableKeywords(task, context.settings, env),
      };
    if (loopError !== undefined) throw loopError;
    const keywords = renderKeywords(task, context.settings, env);
    const args = renderArguments(task, env);
    const action = actionOf(task, env);
    return {
      kind: 'ready',
      call: { name: shortName(action), action, args, env, task, keywords, context, host },
    };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return {
      kind: error !== loopError && isUncaught(error) ? 'failed' : 'wrong',
      result: error === loopError ? loopFailure(error) : wrongResult(error, task, context),
      keywords: renderableKeywords(task, context.settings, env),
    };
  }
}

/** The failed result that an error of an action stands for; other errors are ours and go on. */
export function failureOf(error: unknown, call: ActionCall): Dict {
  if (error instanceof ActionFailure) return error.result;
  if (error instanceof TemplateError)
    return failed(explainRenderError(error, call.task, call.context)).set(THROWN, UNCAUGHT);
  throw error;
}

function failed(message: string): Dict {
  return new Map<Value, Value>([
    ['failed', true],
    ['msg', message],
  ]);
}

/** Python's own errors, which are not of Ansible's making: a division by zero, an index that is not there. */
function isPythons({ kind, pythonType }: TemplateError): boolean {
  return kind === 'runtime' && /^(?!Ansible|Template|Undefined)\w+Error$/.test(pythonType);
}

/** Those that Ansible does not put into words of its own. */
function isUncaught(error: TemplateError): boolean {
  return isPythons(error) && !/^(JSONDecode|Unicode|Value)/.test(error.pythonType);
}

/** What a task fails with whose keywords or arguments cannot be rendered: Ansible tells Python's errors in several ways. */
function wrongResult(error: TemplateError, task: Task, context: PlayContext): Dict {
  if (!isPythons(error)) return failed(explainRenderError(error, task, context));
  const { message } = error;
  if (!isUncaught(error)) {
    const what = `the field 'args' has an invalid value (${str(task.args)}), and could not be converted to an dict.`;
    return failed(`${what}The error was: ${message}${whereabouts(task.position, context)}`);
  }
  return new Map<Value, Value>([['changed', false], ['failed', true], cause(error)]);
}

function loopFailure(error: TemplateError): Dict {
  if (!isPythons(error)) return failed(error.message);
  return failed(`Unexpected failure during module execution: ${error.message}`)
    .set(...cause(error))
    .set('stdout', '');
}

/** The end of the traceback, of which the line before a failure tells. */
function cause({ message, pythonType }: TemplateError): [Value, Value] {
  return ['exception', `${pythonType}: ${message}`];
}

/** The result of a task whose conditions do not hold. */
function skipped(): Dict {
  return new Map<Value, Value>([
    ['changed', false],
    ['skipped', true],
    ['skip_reason', 'Conditional result was False'],
  ]);
}

/** `when` of all levels, the outermost first. */
function conditionsOf(task: Task): readonly Value[] {
  return everyKeyword(task, 'when').flatMap((level) => (Array.isArray(level) ? level : [level]));
}

/** A condition that fails to evaluate counts as true when the loop has an error to report first. */
function isTrueUnless(loopError: TemplateError | undefined, condition: Value, env: Environment): boolean {
  try {
    return isConditionTrue(condition, env);
  } catch (error) {
    if (loopError !== undefined && error instanceof TemplateError) return true;
    throw error;
  }
}

/** The action's name; it may be written as a template. */
function actionOf(task: Task, env: Environment): string {
  return hasMarkers(task.action) ? str(renderValue(asTemplate(task.action), env)) : task.action;
}

/** The arguments with `module_defaults` below them and omitted ones left out. */
function renderArguments(task: Task, env: Environment): Dict {
  const own = renderOwnArguments(task, env);
  if (!(own instanceof Map)) throw malformed(own);
  const merged: Dict = new Map([...moduleDefaults(task, actionNames(task.action), env), ...own]);
  const variable = merged.get('_variable_params');
  merged.delete('_variable_params');
  const all: Dict = variable === undefined ? merged : new Map([...splatted(variable, env), ...merged]);
  const given = withoutOmitted(all);
  return shortName(task.action) === 'set_fact' ? given : withoutMarks(given);
}

/** Arguments from a variable. What is left of `key=value` arguments and gives no dict is a mistake. */
function splatted(variable: Value, env: Environment): Dict {
  if (!(variable instanceof Map)) throw malformed(variable);
  if (env.config('INJECT_FACTS_AS_VARS') !== false)
    env.warn?.(
      "Using a variable for a task's 'args' is unsafe in some situations (see https://docs.ansible.com/ansible/devel/reference_appendices/faq.html#argsplat-unsafe)",
    );
  return variable;
}

function malformed(args: Value): TemplateError {
  return new TemplateError('runtime', 'AnsibleError', `invalid or malformed argument: '${str(args)}'`);
}

/** Marked text as plain text; only variables keep the marks. */
function withoutMarks(args: Dict): Dict {
  const plain = (value: Value): Value => {
    if (value instanceof Map) return withoutMarks(value);
    if (Array.isArray(value)) return value.map(plain);
    return value instanceof Markup ? value.text : value;
  };
  return new Map([...args].map(([name, value]) => [name, plain(value)]));
}

/** Arguments that stay as written: conditions, which are rendered when they are asked, and what an include applies. */
const UNRENDERED: Readonly<Record<string, string>> = {
  assert: 'that',
  include_tasks: 'apply',
  include_role: 'apply',
};

function renderOwnArguments(task: Task, env: Environment): Value {
  if (shortName(task.action) === 'set_fact' && task.args instanceof Map) return renderFacts(task.args, env);
  const raw = UNRENDERED[shortName(task.action)];
  if (raw === undefined || !(task.args instanceof Map)) return renderValue(task.args, env);
  const rest: Dict = new Map([...task.args].filter(([name]) => name !== raw));
  const rendered = raw === 'apply' ? renderPlainly(rest, env) : renderValue(rest, env);
  const kept = task.args.get(raw);
  // Conditions in a list have to render as arguments too, although what that gives is not looked at.
  if (raw === 'that' && Array.isArray(kept)) renderValue(kept, env);
  if (kept !== undefined && rendered instanceof Map) rendered.set(raw, kept);
  return rendered;
}

/** Facts are rendered; a vaulted one stays sealed until something needs its text. */
function renderFacts(args: Dict, env: Environment): Dict {
  const facts: Dict = new Map();
  for (const [name, value] of args) {
    const key = renderValue(name, env);
    facts.set(key, value instanceof Vaulted ? value : renderValue(value, env));
  }
  return facts;
}

/** Ansible tells what is undefined in an include's arguments without a word on where. */
function renderPlainly(args: Dict, env: Environment): Value {
  try {
    return renderValue(args, env);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind !== 'undefined') throw error;
    throw new TemplateError('runtime', error.pythonType, error.message);
  }
}

/** Leaves out every entry of dicts that rendered to `omit`, at any depth; in lists Ansible leaves the marker. */
function withoutOmitted(args: Dict): Dict {
  const kept: Dict = new Map();
  for (const [name, value] of args) if (!isOmitted(value)) kept.set(name, pruned(value));
  return kept;
}

function pruned(value: Value): Value {
  if (value instanceof Map) return withoutOmitted(value);
  if (Array.isArray(value))
    return value.map((each) => (Array.isArray(each) ? withMarkers(each) : pruned(each)));
  return isOmitted(value) ? str(value) : value;
}

/** Lists within lists, in which nothing is left out. */
function withMarkers(value: Value): Value {
  if (Array.isArray(value)) return value.map(withMarkers);
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, withMarkers(each)]));
  return isOmitted(value) ? str(value) : value;
}

function isOmitted(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'special' in value && value.special === 'omit';
}
