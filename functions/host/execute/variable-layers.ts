/** Ansible's precedence of variables as a stack of layers, highest first; nothing is merged or rendered here. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { includeParams, roleChain, taskVars } from '../../../shared/project/inheritance.ts';
import type { Play, Role, Task } from '../../../shared/project/model.ts';
import { combineVars } from '../../../shared/project/variables/combine-vars.ts';
import { Pending } from '../../../shared/template/python/special.ts';
import { dictLayer, type Layer } from '../../../shared/template/scope.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import {
  COMPUTED,
  RECEIVED,
  readOrigin,
  type TextOrigin,
  WRITTEN,
} from '../../../shared/template/text-origin.ts';
import { arrivedFacts, type FactLayer, type HostVars } from './host-state.ts';

/** Where the layers of a task come from. Outside a play and task (hostvars), those parts are absent. */
export type LayerSources = {
  readonly item: Dict;
  readonly itemTexts: (() => TextOrigin) | undefined;
  readonly magic: Layer;
  readonly extraVars: Dict;
  readonly hostVars: HostVars;
  readonly task: Task | undefined;
  readonly play: Play | undefined;
  /** vars_files and answers of vars_prompt, highest first. */
  readonly playFiles: readonly Dict[];
  readonly publicRoles: readonly Role[];
  readonly inventory: Dict;
};

/** The layers of a task, highest precedence first, as Ansible's documentation orders them. */
export function stackLayers(sources: LayerSources): readonly Layer[] {
  const { hostVars, task, play } = sources;
  const roles = rolesSeen(sources);
  const dicts = (list: readonly Dict[], origin = WRITTEN): readonly Layer[] =>
    list.filter((vars) => vars.size > 0).map((vars) => dictLayer(vars, origin));
  return [
    ...(sources.item.size > 0 ? [itemLayer(sources)] : []),
    sources.magic,
    ...dicts([sources.extraVars], COMPUTED),
    ...dicts([...includeVars(task), ...roleParams(task)]),
    assignedLayer(hostVars),
    ...dicts([hostVars.included, ...ownVars(task)]),
    ...dicts(rolesAround(task?.role).flatMap((role) => [role.vars, role.keywords.vars ?? new Map()])),
    ...dicts(roles.flatMap((role) => [role.vars, role.keywords.vars ?? new Map()])),
    ...dicts([...sources.playFiles, play?.keywords.vars ?? new Map()]),
    factsLayer(hostVars.facts),
    ...dicts([sources.inventory]),
    ...dicts(rolesAround(task?.role).map((role) => role.defaults)),
    ...dicts(roles.map((role) => role.defaults)),
  ];
}

/** The layers as one that merges dicts of the same name, as `hash_behaviour = merge` asks for. */
export function mergedLayer(layers: readonly Layer[]): Layer {
  return {
    get: (name) => {
      let merged: Value | undefined;
      for (const layer of layers) {
        const value = layer.get(name);
        if (value === undefined) continue;
        if (merged === undefined) merged = value;
        else if (isDict(merged) && isDict(value)) merged = combineVars(value, merged, 'merge');
        if (!isDict(value)) return merged;
      }
      return merged;
    },
    names: () => layers.flatMap((layer) => [...layer.names()]),
    textsOf: (name) => layers.find((layer) => layer.get(name) !== undefined)?.textsOf?.(name),
  };
}

/** A layer over facts, newest first. Suspends on a name that a result still on its way may hold. */
function factsLayer(facts: readonly FactLayer[]): Layer {
  return {
    get: (name) => {
      for (const layer of facts.toReversed()) {
        const arrived = arrivedFacts(layer);
        if (arrived === undefined && !(layer instanceof Map) && layer.mayHold(name))
          throw new Suspension(layer.pending.arrived, `facts that may hold ${name}`);
        const value = arrived?.get(name);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    names: () => allFacts(facts).keys(),
    textsOf: () => RECEIVED,
  };
}

/** All facts in one dict, once they are there. */
export function allFacts(facts: readonly FactLayer[]): Dict {
  const merged: Dict = new Map();
  for (const layer of facts) {
    const arrived = arrivedFacts(layer);
    if (arrived === undefined && !(layer instanceof Map))
      throw new Suspension(layer.pending.arrived, 'all facts');
    for (const [name, value] of arrived ?? []) merged.set(name, value);
  }
  return merged;
}

/** The loop variable and its companions. */
function itemLayer({ item, itemTexts }: LayerSources): Layer {
  return { ...dictLayer(item), textsOf: () => itemTexts?.() ?? RECEIVED };
}

/** What was registered came from outside; of what set_fact has set it is known. */
function assignedLayer({ assigned, origins }: HostVars): Layer {
  return {
    get: (name) => {
      const value = assigned.get(name);
      if (!(value instanceof Pending)) return value;
      if (value.value === undefined) throw new Suspension(value.arrived, `the result registered as ${name}`);
      return value.value;
    },
    names: () => assigned.keys(),
    textsOf: (name) => (origins.has(name) ? readOrigin(origins.get(name)) : RECEIVED),
  };
}

/** Variables written at the task and around it, innermost first. */
function ownVars(task: Task | undefined): readonly Dict[] {
  return task === undefined ? [] : taskVars(task).toReversed();
}

/** Variables that include tasks give to what they bring in, innermost first. */
function includeVars(task: Task | undefined): readonly Dict[] {
  return task === undefined ? [] : includeParams(task).toReversed();
}

function roleParams(task: Task | undefined): readonly Dict[] {
  return rolesAround(task?.role).map((role) => role.params);
}

/** The role and the roles that led to it, the role itself first, each followed by its own dependencies. */
function rolesAround(role: Role | undefined): readonly Role[] {
  if (role === undefined) return [];
  const chain = roleChain(role).toReversed();
  return [...new Set(chain.flatMap((each) => [each, ...dependenciesOf(each).toReversed()]))];
}

/** Roles whose variables the whole play sees, the last one first. */
function rolesSeen(sources: LayerSources): readonly Role[] {
  const roles = [...(sources.play?.roles ?? []), ...sources.publicRoles];
  return [...new Set(roles.flatMap((role) => [...dependenciesOf(role), role]).toReversed())];
}

function dependenciesOf(role: Role): readonly Role[] {
  return role.dependencies.flatMap((dependency) => [dependency, ...dependenciesOf(dependency)]);
}
