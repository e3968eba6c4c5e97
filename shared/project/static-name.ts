/** Renders the names of files and roles that are imported while the playbook is loaded, before any host is known. */

import type { Position } from '../base/diagnostic.ts';
import type { Dict, Value } from '../base/value.ts';
import type { Environment, Scope } from '../template/environment.ts';
import { Template } from '../template/python/special.ts';
import { renderValue } from '../template/render.ts';
import { TemplateError } from '../template/template-error.ts';
import { enclosing, roleChain } from './inheritance.ts';
import { type Loading, report, writtenText } from './loading.ts';
import type { Parent, Role } from './model.ts';
import { loadVarsFile } from './vars-files.ts';

/** A name to render: where it is used, and what it is for in messages. */
export type StaticName = {
  readonly value: Value;
  readonly at: Parent;
  readonly position: Position;
};

/** The rendered name, or undefined when it cannot be known yet or is no text; both are reported. */
export function renderName(loading: Loading, name: StaticName): string | undefined {
  if (typeof name.value === 'string') return name.value;
  if (!(name.value instanceof Template)) return undefined;
  try {
    return writtenText(renderValue(name.value, environmentAt(loading, name.at)));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    reportUnknown(loading, name, error);
    return undefined;
  }
}

function reportUnknown(loading: Loading, name: StaticName, error: TemplateError): void {
  const written = writtenText(name.value) ?? '';
  report(loading, {
    code: 'import-undefined',
    exitCode: 1,
    message: `Error when evaluating variable in import path: ${written}. ${error.message}`,
    position: name.position,
    hint: 'Imports are resolved before hosts are known: use vars, vars_files or extra vars in their names, or include at run time.',
  });
}

function environmentAt(loading: Loading, at: Parent): Environment {
  const outer = loading.deps.environment;
  const layers = [outer.scope, ...layersAt(loading, at).map((layer) => dictScope(layer, () => env))];
  const scope: Scope = {
    resolve: (name) => {
      for (const layer of layers) {
        const value = layer.resolve(name);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    names: () => layers.flatMap((layer) => [...layer.names()]),
  };
  const env: Environment = { ...outer, scope };
  return env;
}

function dictScope(vars: Dict, env: () => Environment): Scope {
  return {
    resolve: (name) => {
      const raw = vars.get(name);
      return raw === undefined ? undefined : renderValue(raw, env());
    },
    names: () => [...vars.keys()].map(String),
  };
}

/** The variables that are known before hosts are, highest precedence first. */
function layersAt(loading: Loading, at: Parent): readonly Dict[] {
  const levels = enclosing(at);
  const role = levels.find((level) => level.kind === 'role');
  const roles = [
    ...(role === undefined ? [] : roleChain(role).toReversed()),
    ...loading.play.roles.toReversed(),
  ];
  return [
    magicVars(loading, role),
    ...roles.map((one) => one.params),
    ...levels.flatMap((level) => (level.kind === 'play' ? [] : [level.keywords.vars ?? new Map()])),
    ...roles.map((one) => one.vars),
    ...varsFiles(loading),
    loading.play.keywords.vars ?? new Map(),
    ...roles.map((one) => one.defaults),
  ];
}

function magicVars(loading: Loading, role: Role | undefined): Dict {
  const vars: Dict = new Map([['playbook_dir', loading.play.directory]]);
  if (role === undefined) return vars;
  return vars.set('role_path', role.directory).set('role_name', role.name);
}

function varsFiles(loading: Loading): readonly Dict[] {
  return loading.play.varsFiles.toReversed().flatMap((entry) => {
    for (const name of Array.isArray(entry) ? entry : [entry]) {
      const vars = typeof name === 'string' ? loadVarsFile(loading.deps, loading.play, name) : undefined;
      if (vars !== undefined) return [vars.value];
    }
    return [];
  });
}
