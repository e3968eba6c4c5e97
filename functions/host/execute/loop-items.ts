/** What a task loops over, and the variables that each item sees. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import { builtins } from '../../../shared/template/builtins.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { shownValue } from '../../../shared/template/plain-value.ts';
import { str } from '../../../shared/template/python/repr.ts';
import { asDict, isTrue } from '../../../shared/template/python/values.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';

type Loop = NonNullable<Task['loop']>;

/** The items of `loop` or `with_…`, or undefined for a task without a loop. */
export function loopItems(task: Task, env: Environment): readonly Value[] | undefined {
  const { loop } = task;
  if (loop === undefined) return undefined;
  if (loop.with !== 'loop') return lookupItems(task, loop, env);
  const items = renderValue(loop.value, env);
  if (Array.isArray(items)) return items;
  if (typeof items === 'object' && items !== null && 'items' in items && Array.isArray(items.items))
    return items.items;
  throw new TemplateError(
    'runtime',
    'AnsibleError',
    `Invalid data passed to 'loop', it requires a list, got this instead: ${str(items)}.` +
      ' Hint: If you passed a list/dict of just one element, try adding wantlist=True to your lookup invocation or use q/query instead of lookup.',
  );
}

/** `with_<lookup>`: the rendered terms, always as a list, through the lookup. */
function lookupItems(task: Task, { with: name, value: raw }: Loop, env: Environment): readonly Value[] {
  const lookup = builtins.lookups.get(name);
  if (lookup === undefined)
    throw new TemplateError(
      'lookup',
      'AnsibleError',
      `Unexpected failure in finding the lookup named '${name}' in the available lookup plugins`,
    );
  const terms = termsOf(name, renderTerms(name, raw, env));
  const options = name === 'first_found' ? new Map([['_subdir', fileDirectory(task.action)]]) : new Map();
  return lookup.call(env, terms, options);
}

const WANTING_LISTS = new Set(['indexed_items', 'list']);

/** A list's items; of a dict its keys, but for the lookup that is made for dicts. Anything else is one term. */
function termsOf(name: string, rendered: Value): Value[] {
  if (Array.isArray(rendered)) return rendered;
  const dict = asDict(rendered);
  if (dict === undefined || name === 'dict') return [rendered];
  if (WANTING_LISTS.has(name))
    throw new TemplateError('lookup', 'AnsibleError', `with_${name} expects a list`);
  return [...dict.keys()];
}

/** Where with_first_found looks first: in the directory for the kind of file that the action is about. */
function fileDirectory(action: string): string {
  const kind = ['template', 'var', 'file'].find((word) => action.includes(word)) ?? 'file';
  return `${kind}s`;
}

/** Terms of `with_first_found` that are undefined are left out; those of others raise. */
function renderTerms(name: string, raw: Value, env: Environment): Value {
  if (name !== 'first_found') return renderValue(raw, env);
  const rendered = [raw].flat().flatMap((term) => {
    try {
      return [renderValue(term, env)];
    } catch (error) {
      if (error instanceof TemplateError && error.kind === 'undefined') return [];
      throw error;
    }
  });
  return Array.isArray(raw) || rendered.length === 0 ? rendered : (rendered[0] ?? null);
}

/** Rendered `loop_control`. */
export type LoopControls = {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly pauseMs: number;
  readonly isExtended: boolean;
  readonly hasAllItems: boolean;
};

export function loopControls(task: Task, env: Environment): LoopControls {
  const control = task.loopControl;
  const read = (raw: Value | undefined): Value | undefined =>
    raw === undefined ? undefined : renderValue(raw, env);
  const indexVar = read(control.indexVar);
  const allItems = read(control.extendedAllitems);
  const pause = read(control.pause);
  return {
    loopVar: str(read(control.loopVar) ?? 'item'),
    indexVar: indexVar === undefined || indexVar === null ? undefined : str(indexVar),
    pauseMs: pause === undefined || pause === null ? 0 : Number(str(pause)) * 1000,
    isExtended: isTrue(read(control.extended) ?? false),
    hasAllItems: allItems === undefined ? true : isTrue(allItems),
  };
}

/** The variables that the item at `index` sees, and that its result repeats. */
export function itemVars(items: readonly Value[], index: number, controls: LoopControls): Dict {
  const vars: Dict = new Map<Value, Value>([
    [controls.loopVar, items[index] ?? null],
    ['ansible_loop_var', controls.loopVar],
  ]);
  if (controls.indexVar !== undefined) {
    vars.set(controls.indexVar, index);
    vars.set('ansible_index_var', controls.indexVar);
  }
  if (controls.isExtended) vars.set('ansible_loop', extendedLoop(items, index, controls));
  return vars;
}

function extendedLoop(items: readonly Value[], index: number, controls: LoopControls): Dict {
  const { length } = items;
  const loop: Dict = new Map<Value, Value>([
    ['index', index + 1],
    ['index0', index],
    ['first', index === 0],
    ['last', index + 1 === length],
    ['length', length],
    ['revindex', length - index],
    ['revindex0', length - index - 1],
  ]);
  if (controls.hasAllItems) loop.set('allitems', [...items]);
  if (index + 1 < length) loop.set('nextitem', items[index + 1] ?? null);
  if (index > 0) loop.set('previtem', items[index - 1] ?? null);
  return loop;
}

/** The text that stands for an item in the output. */
export function itemLabel(task: Task, item: Value, env: Environment): string {
  const { label } = task.loopControl;
  if (label !== undefined) return str(renderValue(label, env));
  return str(shownValue(item));
}
