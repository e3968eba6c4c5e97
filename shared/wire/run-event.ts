/**
 * What happens in a run, as it is stored and as every report reads it.
 *
 * Reports (terminal, JSON, JUnit, HTML) are folds over these events and use nothing else, so a stored run
 * replays identically. The controller gives events their final order; a host's events come with an `OrderKey`.
 */

import type { Dict, Value } from '../base/value.ts';

/**
 * Where an event stands in linear order: compared number by number, shorter first. Equal keys on several hosts
 * belong to the same task.
 */
export type OrderKey = readonly number[];

/** A task as its banner shows it. */
export type TaskHeader = {
  /** Equal on all hosts that run the same task at the same place of the play. */
  readonly id: string;
  /** What stands in the banner: `role : name`, already rendered; the action when the task has no name. */
  readonly title: string;
  readonly action: string;
  readonly file: string;
  readonly line: number;
  readonly isHandler: boolean;
  /** Ansible's banner: TASK, RUNNING HANDLER, … */
  readonly banner: 'TASK' | 'RUNNING HANDLER' | 'CHECK MODE TASK';
  readonly isCheckMode: boolean;
  readonly tags: readonly string[];
  /** The arguments as `display_args_to_stdout` shows them; absent under no_log. */
  readonly args?: Dict;
};

export type TaskStatus = 'changed' | 'failed' | 'ok' | 'skipped' | 'unreachable';

/** One result of a task or item on a host. `result` is as registered, cleaned of internals, masked under no_log. */
export type TaskOutcome = {
  readonly host: string;
  readonly status: TaskStatus;
  /** Failed or unreachable, but the play goes on. */
  readonly ignored?: boolean;
  readonly result: Dict;
  readonly delegatedTo?: string;
};

export type RunEvent =
  | {
      readonly kind: 'run-started';
      readonly runId: string;
      readonly at: number;
      readonly command: readonly string[];
      readonly options: ReportOptions;
    }
  | { readonly kind: 'playbook-started'; readonly path: string }
  | {
      readonly kind: 'play-started';
      readonly title: string;
      readonly hosts: readonly string[];
      readonly isCheckMode: boolean;
    }
  | { readonly kind: 'no-hosts-matched' }
  | { readonly kind: 'no-hosts-left' }
  | { readonly kind: 'task-started'; readonly task: TaskHeader }
  | {
      readonly kind: 'item-finished';
      readonly task: string;
      readonly label: Value;
      readonly outcome: TaskOutcome;
    }
  | {
      readonly kind: 'task-finished';
      readonly task: string;
      readonly at: number;
      readonly outcome: TaskOutcome;
    }
  | {
      readonly kind: 'task-retried';
      readonly task: string;
      readonly host: string;
      readonly attemptsLeft: number;
      readonly result: Dict;
    }
  | {
      readonly kind: 'file-included';
      readonly file: string;
      readonly hosts: readonly string[];
      readonly label?: Value;
    }
  | { readonly kind: 'handler-notified'; readonly handler: string; readonly host: string }
  | {
      readonly kind: 'message';
      readonly level: 'debug' | 'deprecated' | 'error' | 'plain' | 'warning';
      readonly text: string;
      readonly verbosity?: number;
    }
  | {
      readonly kind: 'run-finished';
      readonly at: number;
      readonly recap: readonly HostRecap[];
      /** Of set_stats, by host; `_run` holds what belongs to the whole run. */
      readonly customStats: Dict;
      readonly exitCode: number;
    };

/** An event of one host, before the controller puts it into linear order. */
export type HostEvent = { readonly order: OrderKey; readonly host: string; readonly event: RunEvent };

/** One line of PLAY RECAP. */
export type HostRecap = {
  readonly host: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
};

/** What of configuration and command line shapes the output; stored with the run so that a replay looks the same. */
export type ReportOptions = {
  readonly verbosity: number;
  readonly isCheckMode: boolean;
  readonly isDiff: boolean;
  readonly showSkippedHosts: boolean;
  readonly showOkHosts: boolean;
  readonly showFailedToStderr: boolean;
  readonly showCustomStats: boolean;
  readonly showTaskPathOnFailure: boolean;
  readonly showPerHostStart: boolean;
  readonly showArgs: boolean;
  readonly checkModeMarkers: boolean;
  readonly resultFormat: 'json' | 'yaml';
  readonly prettyResults: boolean;
};
