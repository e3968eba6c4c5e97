/** A task's result as the terminal report prints it: without internals, sorted, as JSON or YAML. */

import { formatJson } from '../base/json.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import type { ReportOptions } from '../wire/run-event.ts';
import type { YamlFormat } from './yaml-format.ts';

export type ResultTextOptions = Pick<ReportOptions, 'prettyResults' | 'resultFormat' | 'verbosity'> & {
  readonly formatYaml: YamlFormat;
  /** Indent whatever the verbosity is. */
  readonly alwaysVerbose?: boolean;
  /** Spaces to indent with even where results are printed on one line. */
  readonly indent?: number;
};

/** From this verbosity on results are indented and show their invocation and diff. */
const FULL_VERBOSITY = 3;
const INDENT = 4;

/** The text of `result`. */
export function resultText(result: Dict, options: ResultTextOptions): string {
  const shown = withoutInternals(result);
  shown.delete('exception');
  if (options.verbosity < FULL_VERBOSITY) {
    shown.delete('invocation');
    shown.delete('diff');
  }
  const indent = indentOf(options);
  if (options.resultFormat === 'json') {
    return formatJson(shown, {
      sortKeys: true,
      ensureAscii: false,
      ...(indent === undefined ? {} : { indent }),
    });
  }
  const isLossy = options.prettyResults !== false;
  if (isLossy) omitLines(shown);
  return `\n${options.formatYaml(shown, { isLossy, ...(indent === undefined ? {} : { indent }) })}`;
}

function indentOf(options: ResultTextOptions): number | undefined {
  if (options.prettyResults === false) return undefined;
  if (options.indent !== undefined) return options.indent;
  const isIndented =
    options.alwaysVerbose === true ||
    options.prettyResults === true ||
    options.resultFormat !== 'json' ||
    options.verbosity >= FULL_VERBOSITY;
  return isIndented ? INDENT : undefined;
}

/** A copy without keys that start with `_ansible_`, at any depth. */
function withoutInternals(dict: Dict): Dict {
  const copy: Dict = new Map();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && key.startsWith('_ansible_')) continue;
    copy.set(key, cleaned(value));
  }
  return copy;
}

function cleaned(value: Value): Value {
  if (isDict(value)) return withoutInternals(value);
  return Array.isArray(value) ? value.map(cleaned) : value;
}

/** `stdout_lines` says nothing new beside `stdout`. */
function omitLines(result: Dict): void {
  for (const name of ['stdout', 'stderr']) {
    if (result.has(name) && result.has(`${name}_lines`)) result.set(`${name}_lines`, '<omitted>');
  }
}
