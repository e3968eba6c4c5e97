/**
 * What happens in a run, as it is stored and as every report reads it.
 *
 * Reports (terminal, JSON, JUnit, HTML) are folds over these events and use nothing else, so a stored run
 * replays identically. The controller gives events their final order; a host's events come with an `OrderKey`.
 */

import type { Dict } from '../base/value.ts';

/**
 * Where an event stands in linear order: compared element by element, shorter first. Numbers order themselves;
 * texts name an included file and are ordered by their first appearance. Equal keys on several hosts belong to the
 * same task.
 */
export type OrderKey = readonly (number | string)[];

/** A task as its banner shows it. */
export type TaskHeader = {
  /** Equal on all hosts that run the same task at the same place of the play. */
  readonly id: string;
  /** What stands in the banner: `role : name`, already rendered; the action when the task has no name. */
  readonly title: string;
  /** The rendered name without its role; absent when the task has none. */
  readonly name?: string;
  readonly action: string;
  readonly file: string;
  readonly line: number;
  readonly isHandler: boolean;
  readonly isCheckMode: boolean;
  /** Whether it was written with `loop` or `with_…`; its items are reported one by one. */
  readonly isLoop: boolean;
  readonly tags: readonly string[];
  /** What `display_args_to_stdout` shows, `key=value` joined by `, `; absent without that option and under no_log. */
  readonly args?: string;
};

export type TaskStatus = 'changed' | 'failed' | 'ok' | 'skipped' | 'unreachable';

/**
 * One result of a task or item on a host. `result` is what the task would register, with `invocation`, `diff`,
 * `exception`, `warnings` and `deprecations` still in it, without `_ansible_…` keys, and masked under no_log: plain data.
 */
export type TaskOutcome = {
  readonly host: string;
  readonly status: TaskStatus;
  /** Failed or unreachable, but the play goes on. */
  readonly ignored?: boolean;
  /** Failed, but a rescue section takes over. */
  readonly rescued?: boolean;
  readonly result: Dict;
  /** Shown, but not in the recap: a meta task whose condition did not hold. */
  readonly isUncounted?: boolean;
  /** The rendered `delegate_to`. */
  readonly delegatedTo?: string;
  /** The delegate's `ansible_host`, when it has one. */
  readonly delegatedAddress?: string;
  /** Diff mode was on for the task, so that the result's `diff` is shown when it changed something. */
  readonly showsDiff?: boolean;
  /** `_ansible_verbose_always`: the result is printed, indented, whatever the verbosity is (debug, assert). */
  readonly alwaysVerbose?: boolean;
  /** `_ansible_verbose_override`: the result is not printed when all went well, whatever the verbosity is (setup). */
  readonly neverVerbose?: boolean;
};

export type RunEvent =
  | {
      readonly kind: 'run-started';
      readonly runId: string;
      readonly at: number;
      readonly command: readonly string[];
      readonly options: ReportOptions;
    }
  | {
      readonly kind: 'playbook-started';
      readonly path: string;
      /** Its path as the command names it, and how many plays it has. */
      readonly summary?: { readonly name: string; readonly plays: number };
    }
  | {
      readonly kind: 'play-started';
      /** Milliseconds since the epoch, as every `at`. */
      readonly at: number;
      readonly title: string;
      readonly hosts: readonly string[];
      readonly isCheckMode: boolean;
      /** With `free` and `host_pinned` a banner is printed with each result that follows another task's. */
      readonly isFree: boolean;
    }
  | { readonly kind: 'no-hosts-matched' }
  | { readonly kind: 'no-hosts-left' }
  | { readonly kind: 'task-started'; readonly at: number; readonly task: TaskHeader }
  | {
      readonly kind: 'host-started';
      readonly task: string;
      readonly host: string;
      /** The task's title as it is written: Ansible has not rendered it here. */
      readonly title: string;
    }
  | {
      readonly kind: 'item-finished';
      readonly task: string;
      /** The label as Python prints it, or `(censored due to no_log)`. */
      readonly label: string;
      readonly outcome: TaskOutcome;
    }
  | {
      readonly kind: 'task-finished';
      /** What could not be included is told once all hosts have run the task, as are the files that could. */
      readonly isInclude?: boolean;
      readonly task: string;
      readonly at: number;
      readonly outcome: TaskOutcome;
    }
  | {
      readonly kind: 'task-retried';
      readonly task: string;
      readonly attemptsLeft: number;
      readonly outcome: TaskOutcome;
    }
  | {
      readonly kind: 'async-polled';
      readonly host: string;
      readonly job: string;
      readonly started: number;
      readonly finished: number;
    }
  | {
      readonly kind: 'async-finished';
      readonly host: string;
      readonly job: string;
      readonly hasFailed: boolean;
    }
  | {
      readonly kind: 'file-included';
      /** The task that included it. */
      readonly task?: string;
      readonly file: string;
      readonly hosts: readonly string[];
      /** The item's label as Python prints it, for an include in a loop. */
      readonly label?: string;
    }
  | { readonly kind: 'handler-notified'; readonly handler: string; readonly host: string }
  | {
      readonly kind: 'message';
      readonly level: 'deprecated' | 'error' | 'plain' | 'verbose' | 'warning';
      /** Without the `[WARNING]: ` or `ERROR! ` that the reports put before it. */
      readonly text: string;
      /** Of `verbose`: how many `-v` it takes. */
      readonly verbosity?: number;
      /** Of `verbose`: printed as `<host> text`. Of `warning`: it comes from a task on that host, and each task may repeat it. */
      readonly host?: string;
      readonly deprecation?: Deprecation;
    }
  | {
      /** Ansible prints its recap behind each playbook; counts go on from one to the next. */
      readonly kind: 'playbook-finished';
      readonly at: number;
      readonly recap: readonly HostRecap[];
      /** Of set_stats, by host; `_run` holds what belongs to the whole run. */
      readonly customStats: Dict;
    }
  | { readonly kind: 'run-finished'; readonly at: number; readonly exitCode: number };

/** When a deprecated thing goes away, and whose it is. */
export type Deprecation = { readonly version?: string; readonly date?: string; readonly collection?: string };

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
  /** Of ad-hoc commands: a block, or a line, for each host. Absent: the report of playbooks. */
  readonly style?: 'minimal' | 'oneline';
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
  /** Absent: results are indented at -vvv, and always in YAML. */
  readonly prettyResults?: boolean;
  /** Lines around each change in a diff. */
  readonly diffContext: number;
  /** Whether the `warnings` and `deprecations` of results are shown. */
  readonly actionWarnings: boolean;
  readonly deprecationWarnings: boolean;
  readonly verboseToStderr: boolean;
};
