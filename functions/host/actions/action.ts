/** What an action is: from rendered arguments to a result, with or without the target. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Task } from '../../../shared/project/model.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import type { JobRequest } from '../../../shared/wire/agent-frame.ts';
import type { PlayContext } from '../execute/play-context.ts';
import type { TaskKeywords } from '../execute/task-keywords.ts';
import type { Content, RawResult } from '../session/session.ts';

/** One action of one task (and item) on one host, rendered. */
export type ActionCall = {
  /** The action's short name, e.g. `copy` for `ansible.builtin.copy`. */
  readonly name: string;
  /** The action's name as the task gives it, rendered. */
  readonly action: string;
  /** With module_defaults, without omitted ones. */
  readonly args: Dict;
  readonly env: Environment;
  readonly task: Task;
  readonly keywords: TaskKeywords;
  readonly context: PlayContext;
  readonly host: string;
};

/** A result, or that a failure before kept the request from running. */
export type ActionReply = Dict | 'discarded';

/** An action that needs no target: it has no effect but its result, so that running it again is free. */
export type LocalAction = (call: ActionCall) => Dict;

/**
 * An action on the target. Its first requests are sent before it returns. With `isWhole` all are, so that the next
 * task's requests may follow at once.
 */
export type RemoteAction = (call: ActionCall, remote: Remote) => RemoteRun;
export type RemoteRun = { readonly reply: Promise<ActionReply>; readonly isWhole: boolean };

/** Extras of one module request. */
export type RequestExtras = {
  readonly content?: Content;
  readonly onData?: (piece: Uint8Array) => Promise<void>;
  /** More requests of the same action follow. */
  readonly hasMore?: boolean;
  /** Is done even in check mode: it only prepares what the action does. */
  readonly check?: false;
  readonly job?: JobRequest;
};

/** The way of an action to the target of its task. */
export type Remote = {
  /** Sends a module request at once, behind what was sent before. */
  readonly run: (module: string, args: Dict, extras?: RequestExtras) => Promise<ActionReply>;
  /** Runs a command line without the agent. The result is that of the task when the target cannot be reached. */
  readonly raw: (command: string) => Promise<Dict | RawResult>;
  /** Closes the connection so that the next request opens a new one. */
  readonly reset: () => Promise<void>;
  /** Opens the connection and waits until it is ready. Throws FailureError. */
  readonly probe: () => Promise<void>;
  /** Resolves after `ms` milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
};

/** Marks a thrown result, failed or skipped: `changed_when` and `failed_when` are not asked about it, as in Ansible. */
export const THROWN = '_ansible_thrown';

/** The value of {@link THROWN} for errors that Ansible's actions do not catch: their results say nothing of changes. */
export const UNCAUGHT = 'uncaught';

/** Thrown by an action for a failed result. */
export class ActionFailure extends Error {
  readonly result: Dict;

  constructor(message: string, extra: Iterable<readonly [Value, Value]> = []) {
    super(message);
    this.name = 'ActionFailure';
    this.result = new Map<Value, Value>([['failed', true], ['msg', message], [THROWN, true], ...extra]);
  }
}

/** A failure that Ansible's own action does not catch; see {@link UNCAUGHT}. */
export function uncaughtFail(message: string): ActionFailure {
  return new ActionFailure(message, [[THROWN, UNCAUGHT]]);
}
