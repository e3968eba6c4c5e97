/** Gives a configured value the type that its setting has, as Ansible converts texts of ansible.cfg and the environment. */

import { isAbsolute, normalize, resolve } from 'node:path';
import { PyFloat, type Value } from '../../base/value.ts';
import { reprText } from '../../template/python/repr.ts';
import type { ProjectFiles } from '../files.ts';
import type { SettingType } from './setting.ts';

/** The converted value, or why there is none, in Python's words. */
export type Converted =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'invalid'; readonly why: string };

/** What paths are resolved against: `base` is the directory of ansible.cfg, or the working directory. */
export type PathContext = {
  readonly files: Pick<ProjectFiles, 'environment' | 'homeDirectory' | 'workingDirectory'>;
  readonly base: string;
};

/** Converts `raw` to `type`. None stays None. Lists are split at commas, `pathspec` at colons. */
export function convertSetting(raw: Value, type: SettingType, context: PathContext): Converted {
  if (raw === null) return valid(null);
  switch (type) {
    case 'boolean':
      return valid(asBoolean(raw));
    case 'integer':
      return asInteger(raw);
    case 'float':
      return asFloat(raw);
    case 'list':
      return valid(typeof raw === 'string' ? raw.split(',').map((item) => unquote(item.trim())) : raw);
    case 'none':
      return raw === 'None' ? valid(null) : invalid('None', raw);
    case 'path':
      return typeof raw === 'string' ? valid(resolvePath(raw, context)) : invalid('path', raw);
    case 'pathspec':
      return asPaths(raw, ':', context);
    case 'pathlist':
      return asPaths(raw, ',', context);
    case 'string':
      return valid(unquote(asText(raw)));
    case 'color':
    case 'untyped':
      return valid(typeof raw === 'string' ? unquote(raw) : raw);
    default:
      return type satisfies never;
  }
}

/**
 * A path with `{{CWD}}`, `$VARIABLE`, `${VARIABLE}` and `~` replaced, made absolute and normal.
 */
export function resolvePath(path: string, context: PathContext): string {
  const { files } = context;
  const expanded = path
    .replaceAll('{{CWD}}', files.workingDirectory)
    .replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare?: string, braced?: string) => {
      return files.environment(bare ?? braced ?? '') ?? whole;
    })
    .replace(/^~(?=\/|$)/, files.homeDirectory);
  const absolute = isAbsolute(expanded) ? normalize(expanded) : resolve(context.base, expanded);
  return absolute.length > 1 ? absolute.replace(/\/+$/, '') : absolute;
}

const truths: ReadonlySet<string> = new Set(['y', 'yes', 'on', '1', 'true', 't', '1.0']);

/** Python's truth of a configured boolean: every text that is not a yes counts as no. */
function asBoolean(raw: Value): boolean {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'string') return truths.has(raw.toLowerCase().trim());
  return raw === 1;
}

function asInteger(raw: Value): Converted {
  if (typeof raw === 'number') return valid(raw);
  const text = asText(raw);
  if (/^\s*[-+]?\d+(_\d+)*\s*$/.test(text)) return valid(Number(text.replaceAll('_', '')));
  return { kind: 'invalid', why: `invalid literal for int() with base 10: ${reprText(text)}` };
}

function asFloat(raw: Value): Converted {
  if (raw instanceof PyFloat) return valid(raw);
  const text = asText(raw);
  const number = Number(text);
  if (text.trim() !== '' && !Number.isNaN(number)) return valid(new PyFloat(number));
  return { kind: 'invalid', why: `could not convert string to float: ${reprText(text)}` };
}

function asPaths(raw: Value, separator: string, context: PathContext): Converted {
  const parts = typeof raw === 'string' ? raw.split(separator) : raw;
  if (!Array.isArray(parts)) return invalid(separator === ':' ? 'pathspec' : 'pathlist', raw);
  return valid(
    parts.map((part) => resolvePath(separator === ',' ? asText(part).trim() : asText(part), context)),
  );
}

function asText(raw: Value): string {
  if (raw === true) return 'True';
  if (raw === false) return 'False';
  return raw instanceof PyFloat ? String(raw.value) : String(raw);
}

/** The text without one pair of equal quotes around it. */
function unquote(text: string): string {
  const quote = text[0];
  const isQuoted = text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return isQuoted && text.at(-2) !== '\\' ? text.slice(1, -1) : text;
}

function valid(value: Value): Converted {
  return { kind: 'value', value };
}

function invalid(type: string, raw: Value): Converted {
  return { kind: 'invalid', why: `Invalid type provided for "${type}": ${asText(raw)}` };
}
