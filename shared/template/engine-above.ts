/** What filters and lookups ask of the engine, which stands above the tables that name them. */

import type { Value } from '../base/value.ts';
import type { Applied, NamedCall } from './builtin.ts';
import type { Environment } from './environment.ts';
import type { Markup } from './python/special.ts';
import type { FileTemplateOptions } from './syntax/syntax-options.ts';

/** What a template file gives. */
export type RenderedFile = {
  /** With a mark where it is to stay text. */
  readonly text: string | Markup;
  /** What may be read as a list, dict or bool: the text without line ends that were put to it, unless it was to stay text. */
  readonly data: string | undefined;
};

/** The engine, as shared/template/render.ts offers it. */
export type EngineAbove = {
  /** Renders a text of a playbook; errors are as Jinja2 raises them. */
  readonly run: (source: string, env: Environment) => Value;
  /** As `run`, with errors in Ansible's words, and without lookups where the text comes from a place that is not trusted. */
  readonly render: (
    source: string,
    env: Environment,
    mode?: { readonly areLookupsDisabled: boolean },
  ) => Value;
  /** Renders the text of a template file, whose name stands in messages. */
  readonly renderFile: (
    source: string,
    file: { readonly name: string; readonly options: FileTemplateOptions },
    env: Environment,
  ) => RenderedFile;
  /** Whether a variable's text stays text where it is printed alone, whatever it looks like. */
  readonly isVerbatim: (name: string, env: Environment) => boolean;
  readonly hasTest: (name: string) => boolean;
  readonly test: (env: Environment, call: NamedCall) => Applied;
};

const above: { engine: EngineAbove | undefined } = { engine: undefined };

/** Connects filters and lookups with the engine; render.ts does it. */
export function connectEngine(engine: EngineAbove): void {
  above.engine = engine;
}

/** The engine. */
export function engineAbove(): EngineAbove {
  if (above.engine === undefined) throw new Error('no engine is connected with the filters');
  return above.engine;
}
