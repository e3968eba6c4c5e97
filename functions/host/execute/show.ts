/** What a task shows while it goes: held back until its turn comes, then sent on as it happens. */

import type { Value } from '../../../shared/base/value.ts';
import type {
  HostEvent,
  OrderKey,
  RunEvent,
  TaskHeader,
  TaskOutcome,
} from '../../../shared/wire/run-event.ts';
import type { Included } from './include.ts';
import type { MetaRun } from './meta.ts';
import type { ItemEnd, JobProgress } from './task-end.ts';
import { outcomeOf } from './task-outcome.ts';

export type Show = {
  /** The task's turn: its banner, and what it had to say until now. */
  readonly begin: () => void;
  readonly item: (end: ItemEnd) => void;
  readonly retry: (end: ItemEnd, attemptsLeft: number) => void;
  readonly warn: (text: string) => void;
  /** What only `-vvv` shows, of a connection to `address`. */
  readonly tell: (address: string, text: string) => void;
  readonly job: (progress: JobProgress) => void;
  readonly notified: (handlers: readonly string[]) => void;
  readonly error: (text: string) => void;
  readonly finish: (outcome: TaskOutcome, included: Included['shown'], isInclude: boolean) => void;
};

/** The show of a meta task. */
export type MetaShow = () => void;

export type ShowOptions = {
  readonly host: string;
  readonly header: TaskHeader;
  readonly order: OrderKey;
  readonly now: () => number;
  readonly emit: (event: HostEvent) => void;
  /** The task's title as it is written, where each host is to be announced. */
  readonly announced?: string | undefined;
};

/** The show of a meta task: each host's banner for itself, and what `-vv` says. */
export function createMetaShow(
  options: ShowOptions,
  run: Pick<MetaRun, 'message' | 'skippedMessage'>,
): MetaShow {
  const { host, header, order } = options;
  return () => {
    const task = { ...header, id: `${header.id}@${host}` };
    options.emit({ order, host, event: { kind: 'task-started', at: options.now(), task } });
    const verbose: RunEvent = {
      kind: 'message',
      level: 'verbose',
      verbosity: 2,
      text: `META: ${run.message}`,
    };
    options.emit({ order, host, event: verbose });
    if (run.skippedMessage === undefined) return;
    const result = new Map<Value, Value>([
      ['msg', run.skippedMessage],
      ['skip_reason', run.message],
    ]);
    const outcome: TaskOutcome = { host, status: 'skipped', result, isUncounted: true };
    options.emit({
      order,
      host,
      event: { kind: 'task-finished', task: task.id, at: options.now(), outcome },
    });
  };
}

/** The show of one task on one host. */
export function createShow(options: ShowOptions): Show {
  const { host, header, order } = options;
  const heldBack: RunEvent[] = [];
  const warned = new Set<string>();
  let hasBegun = false;
  const say = (event: RunEvent): void => {
    if (hasBegun) options.emit({ order, host, event });
    else heldBack.push(event);
  };
  return {
    begin: () => {
      hasBegun = true;
      options.emit({ order, host, event: { kind: 'task-started', at: options.now(), task: header } });
      if (options.announced !== undefined) say(hostStarted(options, options.announced));
      for (const event of heldBack) options.emit({ order, host, event });
    },
    item: (end) => {
      const fate = { ignored: end.keywords?.ignoreErrors === true, rescued: false };
      const label = end.noLog ? 'None' : (end.label ?? '');
      say({ kind: 'item-finished', task: header.id, label, outcome: outcomeOf(host, end, fate) });
    },
    retry: (end, attemptsLeft) => {
      const outcome = outcomeOf(host, end, { ignored: false, rescued: false });
      say({ kind: 'task-retried', task: header.id, attemptsLeft, outcome });
    },
    tell: (address, text) => say({ kind: 'message', level: 'verbose', verbosity: 3, host: address, text }),
    job: (progress) => say({ ...progress, host }),
    notified: (handlers) => {
      for (const handler of handlers) say({ kind: 'handler-notified', handler, host });
    },
    warn: (text) => {
      if (!warned.has(text)) say({ kind: 'message', level: 'warning', text, host });
      warned.add(text);
    },
    error: (text) => say({ kind: 'message', level: 'error', text }),
    finish: (outcome, included, isInclude) => {
      for (const { file, label } of included)
        say({
          kind: 'file-included',
          task: header.id,
          file,
          hosts: [host],
          ...(label === undefined ? {} : { label }),
        });
      const at = options.now();
      say({ kind: 'task-finished', task: header.id, at, outcome, ...(isInclude ? { isInclude } : {}) });
    },
  };
}

function hostStarted({ header, host }: ShowOptions, title: string): RunEvent {
  return { kind: 'host-started', task: header.id, host, title };
}
