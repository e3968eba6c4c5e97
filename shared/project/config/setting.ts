/** What a configuration setting is: its type, default, and the places where users may set it. */

import { PyFloat, type Value } from '../../base/value.ts';

export type SettingType =
  | 'boolean'
  | 'color'
  | 'float'
  | 'integer'
  | 'list'
  | 'none'
  | 'path'
  | 'pathlist'
  | 'pathspec'
  | 'string'
  | 'untyped';

/** One setting, named as Ansible names it; options of plugins are named `kind.plugin.option`. */
export type Setting = {
  readonly name: string;
  readonly type: SettingType;
  /** Before its type is applied; `{{ANSIBLE_HOME}}` stands for that setting's value. */
  readonly default: Value;
  /** Environment variables, the last one that is set wins. */
  readonly env: readonly string[];
  /** Places in ansible.cfg, the last one that is set wins. */
  readonly ini: readonly { readonly section: string; readonly key: string }[];
  /** The values it may have, when they are a closed list. */
  readonly choices: readonly string[] | undefined;
  /** Variables that override it for one host or task, the last one that is set wins. */
  readonly vars: readonly string[];
};

/**
 * Reads one row of a settings table:
 * `name | type | default as JSON | environment variables | section.key … | choices | variables`.
 * Numbers of type float are written with a fraction.
 */
export function parseSetting(row: string): Setting {
  const [name = '', type = '', fallback = 'null', env = '', ini = '', choices = '', vars = ''] = row
    .split('|')
    .map((cell) => cell.trim());
  return {
    name,
    type: type as SettingType,
    default: parseDefault(fallback, type),
    env: words(env),
    ini: words(ini).map(parsePlace),
    choices: type === 'color' ? colorNames : choices === '' ? undefined : choices.split(', '),
    vars: words(vars),
  };
}

function parseDefault(text: string, type: string): Value {
  const value = JSON.parse(text) as null | boolean | number | string | string[];
  return type === 'float' && typeof value === 'number' ? new PyFloat(value) : value;
}

function parsePlace(place: string): { section: string; key: string } {
  const dot = place.indexOf('.');
  return { section: place.slice(0, dot), key: place.slice(dot + 1) };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

const colorNames: readonly string[] = [
  'black',
  'bright gray',
  'blue',
  'white',
  'green',
  'bright blue',
  'cyan',
  'bright green',
  'red',
  'bright cyan',
  'purple',
  'bright red',
  'yellow',
  'bright purple',
  'dark gray',
  'bright yellow',
  'magenta',
  'bright magenta',
  'normal',
];
