/** Decides which code runs for a module's name: the agent's own, or a file from the places that are searched. */

import type { ModuleBundle } from '../wire/module-bundle.ts';
import type { ModuleSearch } from './module-search.ts';
import type { Modules } from './open-modules.ts';

/** What to do for a name. `name` is what the request calls the module; `bundles` are loaded before it, in order. */
export type ModuleChoice =
  | { readonly kind: 'found'; readonly name: string; readonly bundles: readonly ModuleBundle[] }
  | { readonly kind: 'missing' }
  | { readonly kind: 'powershell'; readonly path: string }
  | { readonly kind: 'removed'; readonly message: string };

export type ModuleChooser = {
  readonly modules: Modules;
  /** Whether the agent has the module itself: `AgentPayload.native(name) !== undefined`. */
  readonly isNative: (name: string) => boolean;
  /** SORTIE_MODULES=ansible: Ansible's own before the agent's, where it is there. */
  readonly prefersAnsible: boolean;
};

/** Halves of actions: what the action sends to them only the agent's own understand, and Ansible has no module for some. */
const OF_ACTIONS = new Set(['copy', 'fetch', 'script', 'shell']);

const BUILTIN = /^ansible\.(builtin|legacy)\.(.+)$/;

/**
 * Chooses the code for a name as a task gives it. A user's `library` file, or one in a collection of the play, comes
 * before the agent's own, unless the name says `ansible.builtin`.
 */
export function chooseModule(name: string, search: ModuleSearch, chooser: ModuleChooser): ModuleChoice {
  const short = BUILTIN.exec(name)?.[2] ?? name;
  const lookup = chooser.modules.find(name, search);
  const prefersAnsible = chooser.prefersAnsible && !OF_ACTIONS.has(short);
  const mayBeNative = lookup.kind !== 'found' || (lookup.module.origin === 'core' && !prefersAnsible);
  if (mayBeNative && chooser.isNative(short)) return { kind: 'found', name: short, bundles: [] };
  if (lookup.kind !== 'found') return lookup;
  const bundles = chooser.modules.bundle(lookup.module, search);
  return { kind: 'found', name: bundles.at(-1)?.name ?? name, bundles };
}
