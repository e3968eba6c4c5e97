/** All that a host has become in a run so far. Immutable: going ahead makes new states, a failure drops them. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import type { Node, Role } from '../../../shared/project/model.ts';
import { Pending } from '../../../shared/template/python/special.ts';
import type { HostEnd } from '../../../shared/wire/host-outcome.ts';
import type { Cursor, Inclusion } from './cursor.ts';

export type HostState = {
  readonly next: NextPlace;
  readonly ended: HostEnd | undefined;
  /** A failure in a flush of handlers counts, even when a rescue section takes over. */
  readonly hasFailed: boolean;
  /** An include has failed, and a rescue section took over: see HostEnd. */
  readonly isDropped: boolean;
  /** Failures that were not ignored: after one, a place that was started in vain before is started anew. */
  readonly failures: number;
  /** `--start-at-task`: the key of the cursor before which only facts are gathered. */
  readonly startsAt: string | undefined;
  readonly vars: HostVars;
  /** By the handler's number in the play; see {@link Notification}. */
  readonly notified: ReadonlyMap<number, Notification>;
  readonly inclusions: ReadonlyMap<string, readonly Inclusion[]>;
  /** Handlers of roles that tasks brought in, behind the play's own. */
  readonly addedHandlers: readonly Node[];
  /** Roles brought in by include_role with `public`. */
  readonly publicRoles: readonly Role[];
  /** By identity: the use of a role that ran on this host. Later uses are passed over unless they allow duplicates. */
  readonly ranRoles: ReadonlyMap<string, Role>;
};

/** Where to go on, relative to a task; resolved when the host goes there, since it may depend on results. */
export type NextPlace =
  | { readonly kind: 'after' | 'failed' | 'handlers' | 'inside'; readonly cursor: Cursor }
  | { readonly kind: 'first' };

/** What a host's tasks have set; it outlives the play. Values are final, but for templates from include_vars. */
export type HostVars = {
  /** set_fact and register. A result on its way is a Pending. */
  readonly assigned: Dict;
  /** By name: where the texts of what set_fact has set come from, as `describeOrigin` has it. */
  readonly origins: Dict;
  /** include_vars; raw. */
  readonly included: Dict;
  /** Facts, oldest first; a Pending gives a dict of facts or of nothing. */
  readonly facts: readonly FactLayer[];
};

/** {@link HostVars} without anything on its way. */
export type RestingVars = HostVars & { readonly facts: readonly Dict[] };

/** Facts of one result: with their `ansible_` names, as variables see them. */
export type FactLayer = Dict | { readonly pending: Pending; readonly mayHold: (name: string) => boolean };

/** A handler is due: known, or if one of the results on their way (each gives a boolean) changed something. */
export type Notification = true | readonly Pending[];

/** Of a host that no task has touched. */
export const noVars: HostVars = { assigned: new Map(), origins: new Map(), included: new Map(), facts: [] };

/** The state at the beginning of a play. */
export function freshState(vars: HostVars): HostState {
  return {
    next: { kind: 'first' },
    ended: undefined,
    hasFailed: false,
    isDropped: false,
    failures: 0,
    startsAt: undefined,
    vars,
    notified: new Map(),
    inclusions: new Map(),
    addedHandlers: [],
    publicRoles: [],
    ranRoles: new Map(),
  };
}

/** A copy of `vars` in which `names` are set as set_fact does, from where is not known yet. */
export function assign(vars: HostVars, names: Iterable<readonly [Value, Value]>): HostVars {
  const values = new Map(names);
  const origins = [...vars.origins].filter(([name]) => !values.has(name));
  return { ...vars, assigned: new Map([...vars.assigned, ...values]), origins: new Map(origins) };
}

/** A copy of `vars` with one more layer of facts; layers that have arrived are merged into one. */
export function addFacts(vars: HostVars, layer: FactLayer): HostVars {
  const facts: FactLayer[] = [];
  for (const next of [...vars.facts, layer]) {
    const arrived = arrivedFacts(next);
    const last = facts.at(-1);
    if (arrived === undefined) facts.push(next);
    else if (last instanceof Map) facts[facts.length - 1] = new Map([...last, ...arrived]);
    else facts.push(arrived);
  }
  return { ...vars, facts };
}

/** The facts of a layer, or undefined while they are on their way. */
export function arrivedFacts(layer: FactLayer): Dict | undefined {
  if (layer instanceof Map) return layer;
  const value = layer.pending.value;
  return value === undefined ? undefined : value instanceof Map ? value : new Map();
}

/** The variables once all results have arrived. Throws when one has not. */
export function varsAtRest({ assigned, origins, included, facts }: HostVars): RestingVars {
  const layers = facts.map((layer) => arrivedFacts(layer) ?? notThere());
  return {
    assigned: new Map(
      [...assigned].map(([name, value]) => [
        name,
        value instanceof Pending ? (value.value ?? notThere()) : value,
      ]),
    ),
    origins,
    included,
    facts: layers.length < 2 ? layers : [new Map(layers.flatMap((layer) => [...layer]))],
  };
}

function notThere(): never {
  throw new Error('a host is not at rest while results are on their way');
}
