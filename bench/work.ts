/** A work that the tools do for comparison, as data. */

import type { HostRecap } from '../examples/recap.ts';
import type { Budget } from './budget.ts';
import type { ToolName } from './tools.ts';

export type Job =
  | { readonly kind: 'version' }
  | {
      readonly kind: 'playbook';
      readonly playbook: string;
      readonly words: readonly string[];
      /** Instead of the targets' own. */
      readonly inventory?: string;
      /** How a shell does the same; `command` reads `stdinFile`. */
      readonly plain?: { readonly command: string; readonly stdinFile: string };
    };

export type Work = {
  readonly name: string;
  readonly title: string;
  readonly hosts: number;
  /** Left out but for --slow and --only. */
  readonly isSlow?: boolean;
  /** Hosts this far away; next door when not said. */
  readonly roundTripMs?: number;
  /** What counts as its time: the whole process, or what passes until it turns to the first host. */
  readonly clock: 'first-connection' | 'process';
  /** Tools that are not asked. */
  readonly without?: readonly ToolName[];
  readonly budgets: readonly Budget[];
  /** Writes what the job needs into `directory`; the hosts work in `root`, which is new for each run. */
  readonly prepare: (directory: string, root: string) => Job;
  /** What each host's recap must be; none for jobs that end without a recap. */
  readonly recap?: Pick<HostRecap, 'changed' | 'ok' | 'skipped'>;
  /** Says what is wrong with what a tool has printed and left in `root`; undefined when the work was done. */
  readonly problem: (done: Done) => string | undefined;
};

export type Done = {
  readonly tool: ToolName;
  readonly stdout: string;
  readonly directory: string;
  readonly root: string;
};
