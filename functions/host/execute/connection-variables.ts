/** The variables by which a task knows how its host is reached, where no other layer has them. */

import type { Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
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

/** The layer below all others of a task; `env` gives the environment that it becomes part of. */
export function connectionLayer(site: RenderSite, above: readonly Layer[], env: () => Environment): Layer {
  let isRendering = false;
  const settled = (name: string | undefined): Value | undefined => {
    switch (name) {
      case 'ansible_user':
        return remoteUser(site, env());
      case 'ansible_password':
        return site.context.settings.connectionPassword?.reveal();
      case 'ansible_host':
        return site.host;
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
        return firstOf(above, names) ?? settled(names[0]);
      } finally {
        isRendering = false;
      }
    },
    names: () => [],
  };
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
