/** What a play runs, in order: its parts with the facts first and a flush of handlers after each of them. */

import type { Value } from '../base/value.ts';
import type { Block, Node, Play, Task } from '../project/model.ts';

export type PlayNodeOptions = { readonly gathersFacts: boolean; readonly forceHandlers: boolean };

/** The nodes of a play for one host. */
export function playNodes(play: Play, options: PlayNodeOptions): readonly Node[] {
  const parts = [play.preTasks, [...play.roleTasks, ...play.tasks], play.postTasks];
  const facts = options.gathersFacts ? [gatheringTask(play)] : [];
  return [
    ...facts,
    ...parts.flatMap((part) => (options.forceHandlers ? [guarded(play, part)] : [...part, flushTask(play)])),
  ];
}

/** A part whose handlers run even when it fails. */
function guarded(play: Play, tasks: readonly Block[]): Block {
  return {
    kind: 'block',
    name: undefined,
    keywords: {},
    tasks,
    rescue: [],
    always: [flushTask(play)],
    parent: play,
    role: undefined,
    isImplicit: true,
    position: play.position,
  };
}

/** Whether the play itself gathers facts with the task, rather than its author. */
export function isGatheringTask(task: Task): boolean {
  return task.parent.kind === 'play' && task.action === 'gather_facts';
}

function gatheringTask(play: Play): Task {
  const options: readonly (readonly [string, Value | undefined])[] = [
    ['gather_subset', play.gatherSubset],
    ['gather_timeout', play.gatherTimeout],
    ['fact_path', play.factPath],
  ];
  const args = options.flatMap(([name, value]): [Value, Value][] =>
    value === undefined ? [] : [[name, value]],
  );
  return { ...implicitTask(play, 'gather_facts'), name: 'Gathering Facts', args: new Map(args) };
}

function flushTask(play: Play): Task {
  return {
    ...implicitTask(play, 'meta'),
    args: new Map([['_raw_params', 'flush_handlers']]),
    isImplicit: true,
  };
}

function implicitTask(play: Play, action: string): Task {
  return {
    kind: 'task',
    name: undefined,
    action,
    args: new Map(),
    keywords: { tags: ['always'] },
    loop: undefined,
    loopControl: {
      loopVar: 'item',
      indexVar: undefined,
      label: undefined,
      pause: undefined,
      extended: undefined,
      extendedAllitems: undefined,
    },
    register: undefined,
    until: [],
    retries: undefined,
    delay: undefined,
    changedWhen: undefined,
    failedWhen: undefined,
    notify: [],
    listen: [],
    async: undefined,
    poll: undefined,
    isHandler: false,
    parent: play,
    role: undefined,
    position: play.position,
  };
}
