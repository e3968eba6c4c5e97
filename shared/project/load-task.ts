/** From one entry of a task list to a task with its keywords. */

import type { Value } from '../base/value.ts';
import { didYouMean } from './did-you-mean.ts';
import { identityText } from './identity-text.ts';
import { enclosing, isDynamicInclude, nearestKeyword } from './inheritance.ts';
import { type KeywordOwner, taskKeys } from './keyword-table.ts';
import { asList, checkKeywords, loadKeywords, loadNames } from './load-keywords.ts';
import { builtinName, type Loading, type Place, report, writtenText } from './loading.ts';
import type { LoopClause, LoopControl, Parent, Task } from './model.ts';
import { loadAction, type TaskAction } from './task-action.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

const NO_LOOP_CONTROL: LoopControl = {
  loopVar: 'item',
  indexVar: undefined,
  label: undefined,
  pause: undefined,
  extended: undefined,
  extendedAllitems: undefined,
};

/** The task in `node`, or undefined when it has no action; mistakes are reported. */
export function loadTask(loading: Loading, node: YamlDict, place: Place): Task | undefined {
  const action = loadAction(loading, node);
  if (action === undefined) return undefined;
  checkTaskKeywords(loading, node, { action: action.action, isHandler: place.isHandler });
  const read = (key: string): Value | undefined => node.entries.get(key)?.node.value;
  const keywords = loadKeywords(loading, node, place.isHandler ? 'Handler' : 'Task');
  const collections = keywords.collections ?? nearestKeyword(place.parent, 'collections');
  checkKnown(loading, action, collections);
  const { notify, ...own } = keywords;
  return {
    kind: 'task',
    name: read('name'),
    action: action.action,
    args: action.args,
    keywords: action.isLocal ? { ...own, delegateTo: 'localhost' } : own,
    loop: loadLoop(loading, node),
    loopControl: loadLoopControl(loading, node.entries.get('loop_control')?.node),
    register: registerName(read('register')),
    until: conditions(read('until')) ?? [],
    retries: read('retries'),
    delay: read('delay'),
    changedWhen: conditions(read('changed_when')),
    failedWhen: conditions(read('failed_when')),
    notify: notify ?? inheritedNotify(place.parent),
    listen: loadNames(read('listen') ?? null),
    async: read('async') ?? read('async_val'),
    poll: read('poll'),
    isHandler: place.isHandler,
    parent: place.parent,
    role: place.role,
    position: node.position,
  };
}

/** The variable that keeps the result, as written: whether it can be one is checked when the task runs. */
function registerName(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return writtenText(value) ?? identityText(value);
}

function conditions(value: Value | undefined): readonly Value[] | undefined {
  return value === undefined ? undefined : asList(value);
}

/** What the nearest block or import around a task notifies. */
function inheritedNotify(parent: Parent): readonly Value[] {
  for (const level of enclosing(parent)) {
    if (level.kind === 'task' && !isDynamicInclude(level)) return level.notify;
    if (level.kind === 'block' && level.keywords.notify !== undefined) return level.keywords.notify;
  }
  return [];
}

function checkKnown(loading: Loading, action: TaskAction, collections: Value | undefined): void {
  const searched = Array.isArray(collections) ? collections.filter((name) => typeof name === 'string') : [];
  const place = { collections: searched, playDirectory: loading.play.directory };
  if (!action.isKey || (loading.deps.isKnownAction?.(action.action, place) ?? true)) return;
  report(loading, {
    code: 'action-unknown',
    message: `couldn't resolve module/action '${action.action}'. This often indicates a misspelling, missing collection, or incorrect module path.`,
    position: action.position,
    hint: didYouMean(action.action, taskKeys),
  });
}

function checkTaskKeywords(
  loading: Loading,
  node: YamlDict,
  task: { readonly action: string; readonly isHandler: boolean },
): void {
  const owner = ownerOf(builtinName(task.action), task.isHandler);
  checkKeywords(loading, node, {
    owner,
    isExtra: (key) => key === task.action || key.startsWith('with_') || key === 'shell',
  });
}

function ownerOf(action: string, isHandler: boolean): KeywordOwner {
  if (action === 'include_role') return 'IncludeRole';
  if (action === 'include_tasks') return isHandler ? 'HandlerTaskInclude' : 'TaskInclude';
  return isHandler ? 'Handler' : 'Task';
}

function loadLoop(loading: Loading, node: YamlDict): LoopClause | undefined {
  const clauses = [...node.entries].filter(([key]) => key === 'loop' || String(key).startsWith('with_'));
  const [first, second] = clauses;
  if (first === undefined) return undefined;
  const [key, entry] = first;
  const name = String(key).replace(/^with_/, '');
  if (second !== undefined) {
    const message = `duplicate loop in task: ${String(second[0]).replace(/^with_/, '')}`;
    report(loading, { code: 'keyword-type', message, position: second[1].key, exitCode: 1 });
  }
  if (name !== 'loop' && entry.node.value === null) {
    const message = `you must specify a value when using ${String(key)}`;
    report(loading, { code: 'keyword-type', message, position: entry.key, exitCode: 1 });
  }
  return entry.node.value === null ? undefined : { with: name, value: entry.node.value };
}

function loadLoopControl(loading: Loading, node: YamlNode | undefined): LoopControl {
  if (node === undefined) return NO_LOOP_CONTROL;
  if (node.kind !== 'dict') {
    report(loading, {
      code: 'keyword-type',
      message:
        'the `loop_control` value must be specified as a dictionary and cannot be a variable itself (though it can contain variables)',
      position: node.position,
    });
    return NO_LOOP_CONTROL;
  }
  checkKeywords(loading, node, { owner: 'LoopControl' });
  const read = (key: string): Value | undefined => node.value.get(key);
  return {
    loopVar: read('loop_var') ?? 'item',
    indexVar: read('index_var'),
    label: read('label'),
    pause: read('pause'),
    extended: read('extended'),
    extendedAllitems: read('extended_allitems'),
  };
}
