/** Reads one inventory source with one of Ansible's inventory plugins. */

import { type Checked, type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { Config } from '../config/load-config.ts';
import { type ProjectReader, readProjectText } from '../project-text.ts';
import { loadYaml } from '../yaml.ts';
import { varsWhileReading } from './building-vars.ts';
import { readConstructedInventory } from './constructed-inventory.ts';
import { readAdvancedHostList, readHostList } from './host-list.ts';
import { readIniInventory } from './ini-inventory.ts';
import type { InventoryBuilder } from './inventory-builder.ts';
import { readScriptInventory } from './script-inventory.ts';
import type { SourceProblem } from './source-problem.ts';
import { readYamlInventory } from './yaml-inventory.ts';

/** What loading an inventory takes. */
export type InventoryDeps = ProjectReader & {
  readonly config: Config;
  /** What the `constructed` plugin needs of the template engine; without it that plugin is unknown. */
  readonly constructed?: {
    /** Renders a template with raw variables; throws TemplateError. */
    readonly render: (template: string, variables: Dict) => Value;
    readonly extraVars: Dict;
  };
};

/** What reading sources shares. */
export type SourceReader = {
  readonly deps: InventoryDeps;
  readonly builder: InventoryBuilder;
  /** Sources that were read, in order. */
  readonly processed: string[];
  /** What YAML makes of the source at hand: two plugins look at it. */
  yaml: { readonly source: string; readonly content: Checked<Value> } | undefined;
};

/** What became of a source in the hands of one plugin. */
export type Attempt =
  | { readonly kind: 'parsed' }
  | { readonly kind: 'declined' }
  /** The problem is computed when it is shown: most files are refused by one plugin and read by the next. */
  | { readonly kind: 'failed'; readonly problem: () => SourceProblem };

/** Lets one plugin read one source into the builder. */
export function tryPlugin(plugin: string, source: string, reader: SourceReader): Attempt {
  const { files, config } = reader.deps;
  const kind = files.kind(source);
  const isFile = kind === 'file' || kind === 'executable';
  const extension = /(?<=[^/])\.[^./]*$/.exec(source)?.[0] ?? '';
  switch (plugin) {
    case 'host_list':
      return isFile || !source.includes(',') ? declined : attempt(readHostList(source, reader.builder));
    case 'advanced_host_list':
      return isFile || !source.includes(',')
        ? declined
        : attempt(readAdvancedHostList(source, reader.builder));
    case 'script':
      return isFile && isScript(source, reader)
        ? attempt(readScriptInventory(source, files, reader.builder))
        : declined;
    case 'auto':
      return isFile && /\.ya?ml$/.test(source) ? tryAuto(source, reader) : declined;
    case 'yaml': {
      const isKnown = extension === '' || config.list('inventory.yaml.yaml_extensions').includes(extension);
      return isFile && isKnown ? tryYaml(source, reader) : declined;
    }
    case 'ini':
      return isFile ? tryIni(source, reader) : declined;
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

function isScript(source: string, { deps }: SourceReader): boolean {
  if (deps.files.kind(source) === 'executable') return true;
  const start = deps.files.read(source)?.subarray(0, 2);
  return start !== undefined && start[0] === 0x23 && start[1] === 0x21;
}

function tryIni(source: string, reader: SourceReader): Attempt {
  const read = readProjectText(source, reader.deps);
  if (read.kind === 'text') return attempt(readIniInventory(read.text, source, reader.builder));
  return attempt(
    read.kind === 'unreadable' ? { why: read.diagnostic.message } : { why: `${source} is gone` },
  );
}

function tryYaml(source: string, reader: SourceReader): Attempt {
  const read = readProjectText(source, reader.deps);
  if (read.kind !== 'text') return tryIni(source, reader);
  if (!mayBeDict(read.text)) {
    return {
      kind: 'failed',
      problem: () => readYaml(read.text, source, reader) ?? { why: 'Parsed empty YAML file' },
    };
  }
  return attempt(readYaml(read.text, source, reader));
}

function readYaml(text: string, source: string, reader: SourceReader): SourceProblem | undefined {
  const { value, diagnostics } = parseYaml(text, source, reader);
  return hasErrors(diagnostics) ? syntaxProblem(diagnostics) : readYamlInventory(value, reader.builder);
}

function parseYaml(text: string, source: string, reader: SourceReader): Checked<Value> {
  if (reader.yaml?.source !== source) reader.yaml = { source, content: loadYaml(text, source) };
  return reader.yaml.content;
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
function tryAuto(source: string, reader: SourceReader): Attempt {
  const read = readProjectText(source, reader.deps);
  if (read.kind !== 'text') return declined;
  const { value, diagnostics } = parseYaml(read.text, source, reader);
  if (hasErrors(diagnostics)) return attempt(syntaxProblem(diagnostics));
  const plugin = value instanceof Map ? value.get('plugin') : undefined;
  if (typeof plugin !== 'string' || plugin === '') {
    const why = `no root 'plugin' key found, '${source}' is not a valid YAML inventory plugin config file`;
    return attempt({ why });
  }
  const { constructed } = reader.deps;
  if (isDict(value) && isConstructed(plugin) && constructed !== undefined) {
    const { builder } = reader;
    const varsOf = varsWhileReading({ ...reader.deps, builder, processed: reader.processed });
    return attempt(readConstructedInventory(value, source, { builder, varsOf, ...constructed }));
  }
  const why = `inventory config '${source}' specifies unknown plugin '${plugin}'`;
  const hint = `use an inventory script that prints what "ansible-inventory -i ${source} --list" prints`;
  return attempt({ why, hint });
}

function isConstructed(plugin: string): boolean {
  return plugin.replace(/^ansible\.(?:builtin|legacy)\./, '') === 'constructed';
}
