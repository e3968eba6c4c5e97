/** Reads all inventory sources of a run and merges them: files, directories, scripts and host lists. */

import { dirname, isAbsolute, join, normalize } from 'node:path';
import { type Checked, type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import { resolvePath } from '../config/setting-value.ts';
import { type ProjectReader, readProjectText } from '../project-text.ts';
import { combineVars } from '../variables/combine-vars.ts';
import { varsDirectories } from '../variables/vars-directories.ts';
import { loadYaml } from '../yaml.ts';
import { readConstructedInventory } from './constructed-inventory.ts';
import { readAdvancedHostList, readHostList } from './host-list.ts';
import { readIniInventory } from './ini-inventory.ts';
import { hostGroups, type Inventory } from './inventory.ts';
import { builderOptions, InventoryBuilder } from './inventory-builder.ts';
import { magicVariables } from './magic-variables.ts';
import { readScriptInventory } from './script-inventory.ts';
import type { SourceProblem } from './source-problem.ts';
import { readYamlInventory } from './yaml-inventory.ts';

export type InventoryDeps = ProjectReader & {
  readonly config: Config;
  /** What the `constructed` plugin needs of the template engine; without it that plugin is unknown. */
  readonly constructed?: {
    /** Renders a template with raw variables; throws TemplateError. */
    readonly render: (template: string, variables: Dict) => Value;
    readonly extraVars: Dict;
  };
};

/**
 * Reads the sources in order: what `-i` names, or DEFAULT_HOST_LIST. Paths are relative to the working directory.
 * A source that nobody can read is a warning, as in Ansible, unless INVENTORY_ANY_UNPARSED_IS_FAILED says otherwise.
 */
export function loadInventory(sources: readonly string[], deps: InventoryDeps): Checked<Inventory> {
  const loader: Loader = {
    deps,
    builder: new InventoryBuilder(builderOptions(deps.config)),
    diagnostics: [],
    ignored: ignoredNames(deps.config),
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

type Loader = {
  readonly deps: InventoryDeps;
  readonly builder: InventoryBuilder;
  readonly diagnostics: Diagnostic[];
  /** Names in inventory directories that are not read. */
  readonly ignored: RegExp;
  /** What YAML makes of the source at hand: two plugins look at it. */
  yaml: { readonly source: string; readonly content: Checked<Value> } | undefined;
  /** Sources that were read, in order. */
  readonly processed: string[];
};

/** A source with a comma is a host list, unless there is a file of that name. */
function resolveSource(source: string, { files }: InventoryDeps): string {
  const path = resolvePath(source, { files, base: files.workingDirectory });
  return source.includes(',') && files.kind(path) === undefined ? source : path;
}

function ignoredNames(config: Config): RegExp {
  const extensions = config
    .list('INVENTORY_IGNORE_EXTS')
    .map((extension) => `${extension.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  const own = ['^\\.', '^host_vars$', '^group_vars$', '^vars_plugins$'];
  return new RegExp([...own, ...config.list('INVENTORY_IGNORE_PATTERNS'), ...extensions].join('|'));
}

/** Reads one source; whether anything could be read. */
function readSource(source: string, loader: Loader): boolean {
  const { files, config } = loader.deps;
  if (files.kind(source) === 'directory') {
    let isParsed = false;
    for (const name of files.list(source)) {
      if (!loader.ignored.test(name)) isParsed = readSource(join(source, name), loader) || isParsed;
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

type Attempt =
  | { readonly kind: 'parsed' }
  | { readonly kind: 'declined' }
  /** The problem is computed when it is shown: most files are refused by one plugin and read by the next. */
  | { readonly kind: 'failed'; readonly problem: () => SourceProblem };

function tryPlugin(plugin: string, source: string, loader: Loader): Attempt {
  const { files, config } = loader.deps;
  const kind = files.kind(source);
  const isFile = kind === 'file' || kind === 'executable';
  const extension = /(?<=[^/])\.[^./]*$/.exec(source)?.[0] ?? '';
  switch (plugin) {
    case 'host_list':
      return isFile || !source.includes(',') ? declined : attempt(readHostList(source, loader.builder));
    case 'advanced_host_list':
      return isFile || !source.includes(',')
        ? declined
        : attempt(readAdvancedHostList(source, loader.builder));
    case 'script':
      return isFile && isScript(source, loader)
        ? attempt(readScriptInventory(source, files, loader.builder))
        : declined;
    case 'auto':
      return isFile && /\.ya?ml$/.test(source) ? tryAuto(source, loader) : declined;
    case 'yaml': {
      const isKnown = extension === '' || config.list('inventory.yaml.yaml_extensions').includes(extension);
      return isFile && isKnown ? tryYaml(source, loader) : declined;
    }
    case 'ini':
      return isFile ? tryIni(source, loader) : declined;
    case 'toml':
      return isFile && extension === '.toml' ? attempt({ why: noToml }) : declined;
    default:
      return declined;
  }
}

const noToml = 'inventories in TOML are not supported; write it in INI or YAML form';

const declined: Attempt = { kind: 'declined' };

function attempt(problem: SourceProblem | undefined): Attempt {
  return problem === undefined ? { kind: 'parsed' } : { kind: 'failed', problem: () => problem };
}

function isScript(source: string, { deps }: Loader): boolean {
  if (deps.files.kind(source) === 'executable') return true;
  const start = deps.files.read(source)?.subarray(0, 2);
  return start !== undefined && start[0] === 0x23 && start[1] === 0x21;
}

function tryIni(source: string, loader: Loader): Attempt {
  const read = readProjectText(source, loader.deps);
  if (read.kind === 'text') return attempt(readIniInventory(read.text, source, loader.builder));
  return attempt(
    read.kind === 'unreadable' ? { why: read.diagnostic.message } : { why: `${source} is gone` },
  );
}

function tryYaml(source: string, loader: Loader): Attempt {
  const read = readProjectText(source, loader.deps);
  if (read.kind !== 'text') return tryIni(source, loader);
  if (!mayBeDict(read.text)) {
    return {
      kind: 'failed',
      problem: () => readYaml(read.text, source, loader) ?? { why: 'Parsed empty YAML file' },
    };
  }
  return attempt(readYaml(read.text, source, loader));
}

function readYaml(text: string, source: string, loader: Loader): SourceProblem | undefined {
  const { value, diagnostics } = parseYaml(text, source, loader);
  return hasErrors(diagnostics) ? syntaxProblem(diagnostics) : readYamlInventory(value, loader.builder);
}

function parseYaml(text: string, source: string, loader: Loader): Checked<Value> {
  if (loader.yaml?.source !== source) loader.yaml = { source, content: loadYaml(text, source) };
  return loader.yaml.content;
}

function syntaxProblem(diagnostics: readonly Diagnostic[]): SourceProblem {
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  const why = first?.message ?? 'the file is no YAML';
  const position = first?.position;
  return position === undefined ? { why } : { why, line: position.line, column: position.column };
}

/**
 * Whether a text can be a YAML dict, by its first line with content. Inventories in INI form without an extension
 * are offered to YAML first; large ones must not be parsed only to learn that they are none.
 */
function mayBeDict(text: string): boolean {
  const first = /^(?!\s*(?:#|$)).*$/m.exec(text)?.[0].trim() ?? '';
  return /^[-{?%&!|>"'@`*]|:(?:\s|$)/.test(first);
}

/** `plugin:` files: only the plugins that Sortie has itself can be asked. */
function tryAuto(source: string, loader: Loader): Attempt {
  const read = readProjectText(source, loader.deps);
  if (read.kind !== 'text') return declined;
  const { value, diagnostics } = parseYaml(read.text, source, loader);
  if (hasErrors(diagnostics)) return attempt(syntaxProblem(diagnostics));
  const plugin = value instanceof Map ? value.get('plugin') : undefined;
  if (typeof plugin !== 'string' || plugin === '') {
    const why = `no root 'plugin' key found, '${source}' is not a valid YAML inventory plugin config file`;
    return attempt({ why });
  }
  const { constructed } = loader.deps;
  if (isDict(value) && isConstructed(plugin) && constructed !== undefined) {
    const { builder } = loader;
    const varsOf = hostVariables(loader);
    return attempt(readConstructedInventory(value, source, { builder, varsOf, ...constructed }));
  }
  return attempt({ why: `inventory config '${source}' specifies unknown plugin '${plugin}'` });
}

function isConstructed(plugin: string): boolean {
  return plugin.replace(/^ansible\.(?:builtin|legacy)\./, '') === 'constructed';
}

/** The variables of hosts while sources are still being read. */
function hostVariables(loader: Loader): (host: string, withFiles: boolean) => Dict {
  const snapshot = loader.builder.snapshot();
  const { hashBehaviour } = builderOptions(loader.deps.config);
  const directories = varsDirectories(loader.deps);
  const read = (kind: 'group_vars' | 'host_vars', name: string): Dict[] =>
    loader.processed.map((source) => directories.read(dirname(source), kind, name).value);
  return (host, withFiles) => {
    const groups = hostGroups(snapshot, host);
    const layers = [
      ...groups.map((group) => group.vars),
      ...(withFiles ? groups.flatMap((group) => read('group_vars', group.name)) : []),
      loader.builder.varsOf(host),
      magicVariables(snapshot, host),
      ...(withFiles ? read('host_vars', host) : []),
    ];
    return layers.reduce((lower, upper) => combineVars(lower, upper, hashBehaviour), new Map());
  };
}

function reportUnparsed(source: string, failures: readonly Failure[], loader: Loader): void {
  const { config, files } = loader.deps;
  if (source === '/etc/ansible/hosts' && files.kind(source) === undefined) return;
  for (const { plugin, problem } of failures) {
    const { why, line = 1, column = 1 } = problem();
    loader.diagnostics.push({
      severity: 'warning',
      code: 'inventory-unparsed',
      message: ` * Failed to parse ${source} with ${plugin} plugin: ${why}`,
      position: { file: source, line, column },
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
