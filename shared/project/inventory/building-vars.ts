/** The variables of hosts while sources are still being read, for plugins that construct from them. */

import { dirname } from 'node:path';
import type { Dict } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import type { ProjectReader } from '../project-text.ts';
import { combineVars } from '../variables/combine-vars.ts';
import { varsDirectories } from '../variables/vars-directories.ts';
import { hostGroups } from './inventory.ts';
import { builderOptions, type InventoryBuilder } from './inventory-builder.ts';
import { magicVariables } from './magic-variables.ts';

export type BuildingVarsDeps = ProjectReader & {
  readonly config: Config;
  readonly builder: InventoryBuilder;
  /** Sources that were read, in order. */
  readonly processed: readonly string[];
};

/** Looks up the raw variables of a host: of its groups and its own, with those in files beside the sources if wanted. */
export function varsWhileReading(deps: BuildingVarsDeps): (host: string, withFiles: boolean) => Dict {
  const snapshot = deps.builder.snapshot();
  const { hashBehaviour } = builderOptions(deps.config);
  const directories = varsDirectories(deps);
  const read = (kind: 'group_vars' | 'host_vars', name: string): Dict[] =>
    deps.processed.map((source) => directories.read(dirname(source), kind, name).value);
  return (host, withFiles) => {
    const groups = hostGroups(snapshot, host);
    const layers = [
      ...groups.map((group) => group.vars),
      ...(withFiles ? groups.flatMap((group) => read('group_vars', group.name)) : []),
      deps.builder.varsOf(host),
      magicVariables(snapshot, host),
      ...(withFiles ? read('host_vars', host) : []),
    ];
    return layers.reduce((lower, upper) => combineVars(lower, upper, hashBehaviour), new Map());
  };
}
