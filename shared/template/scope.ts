/** A scope over stacked layers: finds a variable, renders it once, and remembers it. */

import type { Dict, Value } from '../base/value.ts';
import type { Environment, Scope } from './environment.ts';
import { LazyDict, PyTuple, Template, Vaulted } from './python/special.ts';
import { renderValue, renderVariable } from './render.ts';
import { TemplateError } from './template-error.ts';
import { COMPUTED, type TextOrigin } from './text-origin.ts';

/** One source of variables. What it gives is raw: templates in it are rendered by the scope. */
export type Layer = {
  readonly get: (name: string) => Value | undefined;
  readonly names: () => Iterable<Value>;
  /** Where the texts in the value of a name come from; computed by Ansible when it is not said. */
  readonly textsOf?: (name: string) => TextOrigin | undefined;
};

/** A layer over a dict of raw values. */
export function dictLayer(vars: Dict, origin: TextOrigin = COMPUTED): Layer {
  return { get: (name) => vars.get(name), names: () => vars.keys(), textsOf: () => origin };
}

/** An environment whose scope reads `layers`, highest precedence first. `surroundings` is everything but the scope. */
export function createEnvironment(
  layers: readonly Layer[],
  surroundings: Omit<Environment, 'scope'>,
): Environment {
  const rendered = new Map<string, Value>();
  const inProgress = new Set<string>();
  const scope: Scope = {
    resolve: (name) => {
      const known = rendered.get(name);
      if (known !== undefined) return known;
      const raw = find(layers, name);
      if (raw === undefined || isFinal(raw)) return raw;
      if (inProgress.has(name)) throw recursion(name);
      inProgress.add(name);
      try {
        const value = renderVariable(raw, env);
        rendered.set(name, value);
        return value;
      } finally {
        inProgress.delete(name);
      }
    },
    raw: (name) => find(layers, name),
    names: () => new Set(layers.flatMap((layer) => [...layer.names()].map(String))),
    textsOf: (name) => layers.find((layer) => layer.get(name) !== undefined)?.textsOf?.(name),
  };
  const env: Environment = { ...surroundings, scope };
  return env;
}

/** All variables as one lazily rendered dict: the value of `vars`, and each host's entry in `hostvars`. */
export function scopeAsDict(scope: Scope, typeName = 'dict'): LazyDict {
  return new LazyDict(
    (key) => (typeof key === 'string' && key !== 'vars' ? scope.resolve(key) : undefined),
    () => [...scope.names()].filter((name) => name !== 'vars'),
    typeName,
  );
}

/** A host's entry in `hostvars`: as {@link scopeAsDict}, but what needs something undefined stays as it is written. */
export function scopeAsHostvars(env: Environment): LazyDict {
  const lenient: Environment = { ...env, options: { ...env.options, strictUndefined: false } };
  const read = (name: string): Value | undefined => {
    try {
      return env.scope.resolve(name);
    } catch (error) {
      const raw = env.scope.raw?.(name);
      if (!(error instanceof TemplateError && error.kind === 'undefined') || raw === undefined) throw error;
      return renderValue(raw, lenient);
    }
  };
  return scopeAsDict({ ...env.scope, resolve: read }, 'ansible.vars.hostvars.HostVarsVars');
}

function find(layers: readonly Layer[], name: string): Value | undefined {
  for (const layer of layers) {
    const value = layer.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

const finalContainers = new WeakSet<object>();

/** Whether nothing in `value` is left to render; variables that hold tuples give lists. Containers found final are remembered, so facts are looked through once. */
function isFinal(value: Value): boolean {
  if (value instanceof Template || value instanceof Vaulted || value instanceof PyTuple) return false;
  if (Array.isArray(value)) return isFinalContainer(value, value);
  if (value instanceof Map) return isFinalContainer(value, dictParts(value));
  return true;
}

function isFinalContainer(container: object, parts: Iterable<Value>): boolean {
  if (finalContainers.has(container)) return true;
  for (const part of parts) if (!isFinal(part)) return false;
  finalContainers.add(container);
  return true;
}

function* dictParts(value: Dict): Iterable<Value> {
  for (const [key, part] of value) {
    yield key;
    yield part;
  }
}

function recursion(name: string): TemplateError {
  return new TemplateError(
    'runtime',
    'AnsibleError',
    `recursive loop detected in template string: {{ ${name} }}`,
  );
}
