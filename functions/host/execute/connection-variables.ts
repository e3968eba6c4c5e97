/** The variables by which a task knows how its host is reached, where no other layer has them. */

import type { Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { LazyDict } from '../../../shared/template/python/special.ts';
import type { Layer } from '../../../shared/template/scope.ts';
import type { RenderSite } from './render-site.ts';
import { renderKeywordText } from './task-keywords.ts';

/** Names of the same setting: a task sees all of them as soon as one is set. */
const ALIASES: readonly (readonly string[])[] = [
  ['ansible_user', 'ansible_ssh_user'],
  ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  ['ansible_host', 'ansible_ssh_host'],
  ['ansible_port', 'ansible_ssh_port'],
  ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
];

const aliasesOf: ReadonlyMap<string, readonly string[]> = new Map(
  ALIASES.flatMap((names) => names.map((name) => [name, names] as const)),
);

/** What the layer is made from: those above it, and the environment that it becomes part of. */
export type ConnectionSources = {
  readonly above: readonly Layer[];
  readonly env: () => Environment;
  readonly hostvars: LazyDict;
};

/** The layer below all others of a task. A task that is delegated sees how the other host is reached. */
export function connectionLayer(site: RenderSite, { above, env, hostvars }: ConnectionSources): Layer {
  let isRendering = false;
  const settled = (name: string | undefined, target: string): Value | undefined => {
    switch (name) {
      case 'ansible_user':
        return remoteUser(site, env());
      case 'ansible_password':
        return site.context.settings.connectionPassword?.reveal();
      case 'ansible_host':
        return target;
      case 'ansible_private_key_file':
        return site.context.settings.privateKeyFile;
      default:
        return undefined;
    }
  };
  return {
    get: (name) => {
      const names = aliasesOf.get(name);
      // A remote_user that is rendered from ansible_user itself finds nothing here.
      if (names === undefined || isRendering) return undefined;
      isRendering = true;
      try {
        const delegate = delegateOf(site, env());
        const layers = delegate === undefined ? above : layersOf(hostvars, delegate);
        return firstOf(layers, names) ?? settled(names[0], delegate ?? site.host);
      } finally {
        isRendering = false;
      }
    },
    names: () => [],
  };
}

/** The host that the task is delegated to. */
function delegateOf({ isDelegate, task }: RenderSite, env: Environment): string | undefined {
  return task === undefined || isDelegate ? undefined : renderKeywordText(task, 'delegateTo', env);
}

function layersOf(hostvars: LazyDict, host: string): readonly Layer[] {
  const vars = hostvars.get(host);
  return vars instanceof LazyDict ? [{ get: vars.get, names: vars.keys }] : [];
}

function firstOf(layers: readonly Layer[], names: readonly string[]): Value | undefined {
  for (const name of names)
    for (const layer of layers) {
      const value = layer.get(name);
      if (value !== undefined) return value;
    }
  return undefined;
}

function remoteUser({ context, task }: RenderSite, env: Environment): Value | undefined {
  const written = task === undefined ? undefined : renderKeywordText(task, 'remoteUser', env);
  const configured = context.config('DEFAULT_REMOTE_USER');
  return written ?? context.settings.remoteUser ?? (configured === null ? undefined : configured);
}
