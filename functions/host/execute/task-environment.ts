/** The environment in which a task's templates are rendered on one host: its layers, magic variables and memory. */

import type { Value } from '../../../shared/base/value.ts';
import { localhostNames } from '../../../shared/project/inventory/inventory.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { repr } from '../../../shared/template/python/repr.ts';
import { LazyDict, Undefined } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import {
  createEnvironment,
  dictLayer,
  type Layer,
  scopeAsDict,
  scopeAsHostvars,
} from '../../../shared/template/scope.ts';
import { connectionLayer } from './connection-variables.ts';
import type { HostVars } from './host-state.ts';
import { hostMagicLayer, magicLayer } from './magic-variables.ts';
import { type RenderSite, requireSync } from './render-site.ts';
import { searchPath } from './search-path.ts';
import { type LayerSources, mergedLayer, stackLayers } from './variable-layers.ts';

/** Builds the environment of a site. Cheap: nothing is merged or rendered before it is asked for. */
export function environmentOf(site: RenderSite): Environment {
  const { context } = site;
  const lazy: { env?: Environment } = {};
  const whole = (): LazyDict => scopeAsDict(required(lazy.env).scope);
  const render = (value: Value): Value => renderValue(value, required(lazy.env));
  const hostvars = hostvarsOf(site);
  const magic = magicLayer({ site, hostvars, vars: whole, render });
  const sources: LayerSources = {
    item: site.item,
    itemTexts: site.itemTexts,
    magic,
    extraVars: context.extraVars,
    hostVars: site.vars,
    task: site.task,
    play: context.play,
    playFiles: [...site.playFiles, context.promptVars],
    publicRoles: site.publicRoles,
    inventory: context.inventory.vars(site.host),
  };
  const layers = stackLayers(sources);
  const connection = connectionLayer(site, { above: layers, env: () => required(lazy.env), hostvars });
  const all = site.task === undefined ? layers : [...layers, connection];
  lazy.env = createEnvironment(combined(site, all), surroundings(site));
  return lazy.env;
}

function combined({ context }: RenderSite, layers: readonly Layer[]): readonly Layer[] {
  return context.config('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? [mergedLayer(layers)] : layers;
}

function surroundings(site: RenderSite): Omit<Environment, 'scope'> {
  const { context } = site;
  return {
    options: context.renderOptions,
    local: site.local,
    ...(site.warn === undefined ? {} : { warn: site.warn }),
    memory: site.memory,
    now: context.now,
    randomBytes: context.randomBytes,
    decrypt: context.decrypt,
    parseYaml: context.parseYaml,
    searchPath: searchPath(context.play, site.task),
    config: context.config,
  };
}

/** `hostvars`: each host's variables without those of the play and task. */
function hostvarsOf(site: RenderSite): LazyDict {
  const seen = new Map<string, LazyDict>();
  const read = (host: string): LazyDict => {
    const known = seen.get(host);
    if (known !== undefined) return known;
    const entry = scopeAsHostvars(environmentOfOther(site, host));
    seen.set(host, entry);
    return entry;
  };
  const { inventory } = site.context;
  return new LazyDict(
    (key) =>
      typeof key === 'string' && (inventory.hasHost(key) || key === site.host || localhostNames.has(key))
        ? read(key)
        : noSuchHost(key),
    () => [...new Set([...inventory.hosts(), 'localhost'])],
    'ansible.vars.hostvars.HostVars',
  );
}

function noSuchHost(key: Value): Undefined {
  const name = `hostvars[${repr(key)}]`;
  return new Undefined(`"${name}" is undefined`, name);
}

function environmentOfOther(site: RenderSite, host: string): Environment {
  const { context } = site;
  const vars = host === site.host ? site.vars : undefined;
  const other: RenderSite = {
    ...site,
    host,
    task: undefined,
    item: new Map(),
    itemTexts: undefined,
    playFiles: [],
    publicRoles: [],
    get vars() {
      return vars ?? varsAfterSync(site, host);
    },
  };
  const lazy: { env?: Environment } = {};
  const magic = hostMagicLayer({
    site: other,
    hostvars: hostvarsOf(other),
    vars: () => scopeAsDict(required(lazy.env).scope),
    render: (value) => renderValue(value, required(lazy.env)),
  });
  const layers = (known: HostVars): readonly Layer[] =>
    stackLayers({
      item: new Map(),
      itemTexts: undefined,
      magic,
      extraVars: context.extraVars,
      hostVars: known,
      task: undefined,
      play: undefined,
      playFiles: [],
      publicRoles: [],
      inventory: context.inventory.vars(host),
    });
  const stack =
    vars === undefined ? [dictLayer(context.extraVars), afterSync(site, host, layers)] : layers(vars);
  lazy.env = createEnvironment(combined(site, stack), surroundings(other));
  return lazy.env;
}

function varsAfterSync(site: RenderSite, host: string): HostVars {
  requireSync(site, `hostvars of ${host}`);
  return site.context.varsOf(host);
}

/** The layers of another host as one, there only once the host has waited for the others. */
function afterSync(site: RenderSite, host: string, layers: (vars: HostVars) => readonly Layer[]): Layer {
  let stack: readonly Layer[] | undefined;
  const open = (): readonly Layer[] => {
    const vars = varsAfterSync(site, host);
    stack ??= combined(site, layers(vars));
    return stack;
  };
  return {
    get: (name) => firstOf(open(), name),
    names: () => open().flatMap((layer) => [...layer.names()]),
  };
}

function firstOf(layers: readonly Layer[], name: string): Value | undefined {
  for (const layer of layers) {
    const value = layer.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function required(env: Environment | undefined): Environment {
  if (env === undefined) throw new Error('the environment was read while it was being built');
  return env;
}
