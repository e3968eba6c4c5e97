/** Reads the configuration of a run: ansible.cfg, the ANSIBLE_* environment variables, and Ansible's defaults. */

import { dirname, join } from 'node:path';
import type { Checked, Diagnostic } from '../../base/diagnostic.ts';
import type { Value } from '../../base/value.ts';
import type { ProjectFiles } from '../files.ts';
import { type IniFile, parseIniFile } from './ini-file.ts';
import { pluginSettings } from './plugin-settings.ts';
import type { Setting } from './setting.ts';
import { convertSetting, resolvePath } from './setting-value.ts';
import { settings } from './settings.ts';

/** The settings of a run. Names are Ansible's (`DEFAULT_FORKS`), or `kind.plugin.option` for options of plugins. */
export type Config = {
  /** The typed value; undefined when there is no setting of that name. */
  readonly get: (name: string) => Value | undefined;
  /** Where the value comes from, as `ansible-config dump` says it: `default`, `env: ANSIBLE_FORKS`, a path. */
  readonly origin: (name: string) => string | undefined;
  /** The value of a boolean setting; an unknown name is our bug. */
  readonly flag: (name: string) => boolean;
  /** The value of an integer setting, undefined when it is none. */
  readonly number: (name: string) => number | undefined;
  /** The value of a text setting, undefined when it is none. */
  readonly text: (name: string) => string | undefined;
  /** The texts of a list setting. */
  readonly list: (name: string) => readonly string[];
  /** The value of any setting for one host or task: of its variables that are set, the last one wins. */
  readonly getFor: (name: string, variable: VariableReader) => Value | undefined;
  /** The ansible.cfg in use. */
  readonly file: string | undefined;
};

/** The rendered value of a variable, or undefined. */
export type VariableReader = (name: string) => Value | undefined;

type Resolved = {
  readonly value: Value;
  readonly origin: string;
  readonly vars: readonly string[];
  /** Gives what a variable holds the setting's type. */
  readonly convert: (raw: Value) => Value;
};

/**
 * Reads the first ansible.cfg of ANSIBLE_CONFIG, the working directory (unless everybody may write there), `~` and
 * `/etc/ansible`, and resolves all settings: environment before file before default.
 * https://docs.ansible.com/ansible-core/2.14/reference_appendices/config.html
 */
export function loadConfig(files: ProjectFiles): Checked<Config> {
  const diagnostics: Diagnostic[] = [];
  const file = findConfigFile(files, diagnostics);
  const ini = file === undefined ? undefined : readConfigFile(files, file, diagnostics);
  const context: Context = { files, file, ini, home: '', diagnostics };
  const resolved = new Map<string, Resolved>();
  const home = settings.filter((setting) => setting.name === 'ANSIBLE_HOME');
  for (const setting of home) resolved.set(setting.name, resolveSetting(setting, context));
  const withHome = { ...context, home: String(resolved.get('ANSIBLE_HOME')?.value) };
  for (const setting of [...settings, ...pluginSettings]) {
    if (!resolved.has(setting.name)) resolved.set(setting.name, resolveSetting(setting, withHome));
  }
  resolved.set('CONFIG_FILE', { value: file ?? null, origin: '', vars: [], convert: (raw) => raw });
  return { value: asConfig(resolved, file), diagnostics };
}

type Context = {
  readonly files: ProjectFiles;
  readonly file: string | undefined;
  readonly ini: IniFile | undefined;
  /** The value of ANSIBLE_HOME. */
  readonly home: string;
  readonly diagnostics: Diagnostic[];
};

function findConfigFile(files: ProjectFiles, diagnostics: Diagnostic[]): string | undefined {
  const { workingDirectory } = files;
  const fromEnvironment = configOfEnvironment(files);
  const local = join(workingDirectory, 'ansible.cfg');
  const isLocalRefused = files.isWorldWritable?.(workingDirectory) ?? false;
  const candidates = [
    fromEnvironment,
    isLocalRefused ? undefined : local,
    join(files.homeDirectory, '.ansible.cfg'),
    '/etc/ansible/ansible.cfg',
  ];
  const found = candidates.find((path) => path !== undefined && isFile(files, path));
  if (isLocalRefused && isFile(files, local) && (found === undefined || found !== fromEnvironment)) {
    diagnostics.push({
      severity: 'warning',
      code: 'config-world-writable',
      message:
        `Ansible is being run in a world writable directory (${workingDirectory}), ignoring it as an ansible.cfg source. ` +
        'For more information see https://docs.ansible.com/ansible/devel/reference_appendices/config.html#cfg-in-world-writable-dir',
    });
  }
  return found;
}

function configOfEnvironment(files: ProjectFiles): string | undefined {
  const named = files.environment('ANSIBLE_CONFIG');
  if (named === undefined) return undefined;
  const path = resolvePath(named, { files, base: files.workingDirectory });
  return files.kind(path) === 'directory' ? join(path, 'ansible.cfg') : path;
}

function isFile(files: ProjectFiles, path: string): boolean {
  const kind = files.kind(path);
  return kind === 'file' || kind === 'executable';
}

function readConfigFile(files: ProjectFiles, file: string, diagnostics: Diagnostic[]): IniFile | undefined {
  const position = { file, line: 1, column: 1 };
  const extension = /\.[^./]*$/.exec(file.slice(1))?.[0] ?? '';
  if (extension !== '.cfg' && extension !== '.ini') {
    const message = `Unsupported configuration file extension for ${file}: ${extension}`;
    diagnostics.push({ severity: 'error', code: 'config-syntax', message, position });
    return undefined;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(files.read(file));
    const parsed = parseIniFile(text, file);
    diagnostics.push(...parsed.diagnostics);
    return parsed.value;
  } catch {
    const message = `Error reading config file(${file}) because the config file was not utf8 encoded`;
    diagnostics.push({ severity: 'error', code: 'config-syntax', message, position });
    return undefined;
  }
}

function resolveSetting(setting: Setting, context: Context): Resolved {
  const found =
    fromEnvironment(setting, context) ?? fromFile(setting, context) ?? byDefault(setting, context);
  const { files } = context;
  const base =
    found.origin === context.file && context.file !== undefined
      ? dirname(context.file)
      : files.workingDirectory;
  const converted = convertSetting(found.value, setting.type, { files, base });
  if (converted.kind === 'invalid') {
    if (found.value !== '' || !found.origin.startsWith('env:')) {
      const why = `Invalid type for configuration option setting: ${setting.name} (from ${found.origin}): ${converted.why}`;
      context.diagnostics.push({ severity: 'error', code: 'config-value', message: why });
    }
    return resolveSetting({ ...setting, env: [], ini: [] }, context);
  }
  checkChoice(setting, converted.value, context.diagnostics);
  const convert = (raw: Value): Value => {
    const given = convertSetting(raw, setting.type, { files, base: files.workingDirectory });
    return given.kind === 'invalid' ? raw : given.value;
  };
  return { value: converted.value, origin: found.origin, vars: setting.vars, convert };
}

type Found = { readonly value: Value; readonly origin: string };

function fromEnvironment(setting: Setting, { files }: Context): Found | undefined {
  const name = setting.env.findLast((candidate) => files.environment(candidate) !== undefined);
  if (name === undefined) return undefined;
  return { value: files.environment(name) ?? '', origin: `env: ${name}` };
}

function fromFile(setting: Setting, { ini, file }: Context): Found | undefined {
  if (ini === undefined || file === undefined) return undefined;
  const values = setting.ini.map(({ section, key }) => ini.value(section, key));
  const value = values.findLast((candidate) => candidate !== undefined);
  return value === undefined ? undefined : { value, origin: file };
}

function byDefault(setting: Setting, { home }: Context): Found {
  const value = setting.default;
  return {
    value: typeof value === 'string' ? value.replaceAll('{{ANSIBLE_HOME}}', home) : value,
    origin: 'default',
  };
}

function checkChoice(setting: Setting, value: Value, diagnostics: Diagnostic[]): void {
  const { choices } = setting;
  if (choices === undefined || value === null) return;
  const values = Array.isArray(value) ? value : [value];
  if (values.every((one) => typeof one === 'string' && choices.includes(one))) return;
  const message = `Invalid value "${String(value)}" for configuration option "setting: ${setting.name} ", valid values are: ${choices.join(', ')}`;
  diagnostics.push({ severity: 'error', code: 'config-value', message });
}

function asConfig(resolved: ReadonlyMap<string, Resolved>, file: string | undefined): Config {
  const known = (name: string): Value => {
    const setting = resolved.get(name);
    if (setting === undefined) throw new Error(`there is no setting ${name}`);
    return setting.value;
  };
  return {
    get: (name) => resolved.get(name)?.value,
    origin: (name) => resolved.get(name)?.origin,
    flag: (name) => known(name) === true,
    number: (name) => {
      const value = known(name);
      return typeof value === 'number' ? value : undefined;
    },
    text: (name) => {
      const value = known(name);
      return value === null ? undefined : String(value);
    },
    list: (name) => {
      const value = known(name);
      return Array.isArray(value) ? value.map(String) : [];
    },
    getFor: (name, variable) => {
      const setting = resolved.get(name);
      const values = setting?.vars.map(variable) ?? [];
      const given = values.findLast((value) => value !== undefined);
      return given === undefined ? setting?.value : setting?.convert(given);
    },
    file,
  };
}
