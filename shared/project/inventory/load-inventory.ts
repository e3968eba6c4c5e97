/** Reads all inventory sources of a run and merges them: files, directories, scripts and host lists. */

import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import { compilePattern, type Pattern, searchPattern } from '../../template/python/regex.ts';
import { TemplateError } from '../../template/template-error.ts';
import type { Config } from '../config/load-config.ts';
import { resolvePath } from '../config/setting-value.ts';
import type { Inventory } from './inventory.ts';
import { builderOptions, InventoryBuilder } from './inventory-builder.ts';
import { type InventoryDeps, type SourceReader, tryPlugin } from './inventory-plugins.ts';
import type { SourceProblem } from './source-problem.ts';

/**
 * Reads the sources in order: what `-i` names, or DEFAULT_HOST_LIST. Paths are relative to the working directory.
 * A source that nobody can read is a warning, as in Ansible, unless INVENTORY_ANY_UNPARSED_IS_FAILED says otherwise.
 */
export function loadInventory(sources: readonly string[], deps: InventoryDeps): Checked<Inventory> {
  const diagnostics: Diagnostic[] = [];
  const loader: Loader = {
    deps,
    builder: new InventoryBuilder(builderOptions(deps.config)),
    diagnostics,
    isIgnored: ignoredNames(deps.config, diagnostics),
    yaml: undefined,
    processed: [],
  };
  const resolved = sources.filter((source) => source !== '').map((source) => resolveSource(source, deps));
  let isParsed = false;
  for (const source of resolved) isParsed = readSource(source, loader) || isParsed;
  if (isParsed) loader.builder.reconcile();
  else reportNothingParsed(loader);
  const inventory = loader.builder.build(resolved);
  return { value: inventory, diagnostics: [...loader.builder.warnings, ...loader.diagnostics] };
}

type Loader = SourceReader & {
  readonly diagnostics: Diagnostic[];
  /** Whether an entry of an inventory directory is not read. */
  readonly isIgnored: (name: string) => boolean;
};

/** A source with a comma is a host list, unless there is a file of that name. */
function resolveSource(source: string, { files }: InventoryDeps): string {
  const path = resolvePath(source, { files, base: files.workingDirectory });
  return source.includes(',') && files.kind(path) === undefined ? source : path;
}

function ignoredNames(config: Config, diagnostics: Diagnostic[]): (name: string) => boolean {
  const extensions = config.list('INVENTORY_IGNORE_EXTS');
  const patterns = config
    .list('INVENTORY_IGNORE_PATTERNS')
    .flatMap((text) => compileIgnored(text, diagnostics));
  return (name) =>
    name.startsWith('.') ||
    ['group_vars', 'host_vars', 'vars_plugins'].includes(name) ||
    extensions.some((extension) => name.endsWith(extension)) ||
    patterns.some((pattern) => searchPattern(pattern, name) !== undefined);
}

function compileIgnored(text: string, diagnostics: Diagnostic[]): Pattern[] {
  try {
    return [compilePattern(text)];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `INVENTORY_IGNORE_PATTERNS holds ${text}, which is no regular expression: ${error.message}`;
    diagnostics.push({ severity: 'error', code: 'config-value', message });
    return [];
  }
}

/** Reads one source; whether anything could be read. */
function readSource(source: string, loader: Loader): boolean {
  const { files, config } = loader.deps;
  if (files.kind(source) === 'directory') {
    let isParsed = false;
    for (const name of files.list(source)) {
      if (!loader.isIgnored(name)) isParsed = readSource(join(source, name), loader) || isParsed;
    }
    return isParsed;
  }
  loader.builder.source = currentSource(source, loader.deps);
  const failures: Failure[] = [];
  const isParsed = config.list('INVENTORY_ENABLED').some((plugin) => {
    const outcome = tryPlugin(plugin.replace(/^ansible\.(?:builtin|legacy)\./, ''), source, loader);
    if (outcome.kind === 'failed') failures.push({ plugin, problem: outcome.problem });
    return outcome.kind === 'parsed';
  });
  loader.builder.source = undefined;
  if (isParsed) loader.processed.push(source);
  else reportUnparsed(source, failures, loader);
  return isParsed;
}

function currentSource(source: string, { files }: InventoryDeps): { path: string; directory: string } {
  const directory = dirname(source);
  // A list of hosts has no directory, which Ansible shows as the text None.
  if (directory === '.') return { path: source, directory: 'None' };
  const absolute = isAbsolute(directory) ? directory : join(files.workingDirectory, directory);
  return { path: source, directory: normalize(absolute) };
}

type Failure = { readonly plugin: string; readonly problem: () => SourceProblem };

function reportUnparsed(source: string, failures: readonly Failure[], loader: Loader): void {
  const { config, files } = loader.deps;
  if (source === '/etc/ansible/hosts' && files.kind(source) === undefined) return;
  for (const { plugin, problem } of failures) {
    const { why, line = 1, column = 1, hint } = problem();
    loader.diagnostics.push({
      severity: 'warning',
      code: 'inventory-unparsed',
      message: ` * Failed to parse ${source} with ${plugin} plugin: ${why}`,
      position: { file: source, line, column },
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const isError = config.flag('INVENTORY_ANY_UNPARSED_IS_FAILED');
  const message = isError
    ? `Completely failed to parse inventory source ${source}`
    : `Unable to parse ${source} as an inventory source`;
  loader.diagnostics.push({ severity: isError ? 'error' : 'warning', code: 'inventory-unparsed', message });
}

function reportNothingParsed({ deps, diagnostics }: Loader): void {
  if (deps.config.flag('INVENTORY_UNPARSED_IS_FAILED')) {
    const message = 'No inventory was parsed, please check your configuration and options.';
    diagnostics.push({ severity: 'error', code: 'inventory-empty', message });
  } else if (deps.config.flag('INVENTORY_UNPARSED_WARNING')) {
    const message = 'No inventory was parsed, only implicit localhost is available';
    diagnostics.push({ severity: 'warning', code: 'inventory-empty', message });
  }
}
