/** Which task, item and host a render is for, and whether it may look at the others. */

import type { Dict } from '../../../shared/base/value.ts';
import type { Role, Task } from '../../../shared/project/model.ts';
import type { LocalPort } from '../../../shared/template/environment.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import type { TextOrigin } from '../../../shared/template/text-origin.ts';
import type { HostVars } from './host-state.ts';
import type { PlayContext } from './play-context.ts';
import type { SiteMemory } from './task-memory.ts';

/** One task (and item) on one host, as far as rendering is concerned. */
export type RenderSite = {
  readonly context: PlayContext;
  readonly host: string;
  /** The host is that to which the task is delegated. */
  readonly isDelegate?: true;
  readonly vars: HostVars;
  readonly task: Task | undefined;
  readonly publicRoles: readonly Role[];
  /** What vars_files gave this host, highest precedence first. */
  readonly playFiles: readonly Dict[];
  /** The loop variable and its companions. */
  readonly item: Dict;
  /** Where the texts of the loop variable come from; absent outside of loops. */
  readonly itemTexts?: (() => TextOrigin) | undefined;
  readonly memory: SiteMemory;
  readonly local: LocalPort;
  /** Prints a warning along with the task. */
  readonly warn?: (text: string) => void;
  /** The host waits at this task with all others, so that their changing data may be read. */
  readonly isSynced: boolean;
};

/** Reads another host's changing data: waits for the sync point first. */
export function requireSync(site: RenderSite, reason: string): void {
  if (!site.isSynced) throw new Suspension('sync', reason);
}
