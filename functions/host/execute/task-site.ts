/** What the task at which a host stands sees of the host, its play and this machine. */

import { guardFiles } from './guarded-files.ts';
import type { HostState } from './host-state.ts';
import type { PlayContext } from './play-context.ts';
import { loadPlayFiles } from './play-files.ts';
import type { RenderSite } from './render-site.ts';
import type { Going } from './start-node.ts';
import { environmentOf } from './task-environment.ts';
import type { SiteMemory } from './task-memory.ts';

export type TaskSiteOptions = {
  readonly host: string;
  readonly context: PlayContext;
  readonly state: HostState;
  readonly memory: SiteMemory;
  /** The host waits there with all others. */
  readonly isSynced: boolean;
  /** What is on its way, asked when it matters. */
  readonly inFlight: () => readonly Going[];
  readonly settled: () => Promise<void>;
};

/** The site of a task in a state, before the task is known. */
export function taskSite(options: TaskSiteOptions): RenderSite {
  const { context, host, inFlight, isSynced, memory, settled, state } = options;
  const traffic = {
    settled,
    isBusy: () => inFlight().some((going) => going.isOnTheWay),
    isBusyHere: () => inFlight().some((going) => going.isOnTheWay && going.traffic.isHere),
  };
  const site: RenderSite = {
    context,
    host,
    vars: state.vars,
    task: undefined,
    publicRoles: state.publicRoles,
    playFiles: [],
    item: new Map(),
    memory: memory.pass('start'),
    local: guardFiles(context.local, traffic),
    isSynced,
  };
  if (context.play.varsFiles.length === 0) return site;
  return { ...site, playFiles: loadPlayFiles(context, environmentOf(site)) };
}
