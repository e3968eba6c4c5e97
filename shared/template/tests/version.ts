/** Ansible's `version` test, over the four kinds of version numbers it knows. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError } from '../filter-error.ts';
import { dictKey } from '../python/dict-key.ts';
import { str } from '../python/repr.ts';
import { force, isTrue } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';
import { compareLoose } from './version-loose.ts';
import { comparePep440 } from './version-pep440.ts';
import { compareSemantic } from './version-semantic.ts';
import { compareStrict } from './version-strict.ts';

const signature = "version, operator='eq', strict=None, version_type=None";

/** Version tests. */
export const versionTests: readonly Builtin[] = [
  { name: 'version', signature, call: versionTest },
  { name: 'version_compare', signature, call: versionTest },
];

const OPERATORS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['==', (order: number) => order === 0],
  ['=', (order: number) => order === 0],
  ['eq', (order: number) => order === 0],
  ['<', (order: number) => order < 0],
  ['lt', (order: number) => order < 0],
  ['<=', (order: number) => order <= 0],
  ['le', (order: number) => order <= 0],
  ['>', (order: number) => order > 0],
  ['gt', (order: number) => order > 0],
  ['>=', (order: number) => order >= 0],
  ['ge', (order: number) => order >= 0],
  ['!=', (order: number) => order !== 0],
  ['<>', (order: number) => order !== 0],
  ['ne', (order: number) => order !== 0],
]);

/** Negative, zero or positive; throws TemplateError for what is no such version. */
type Comparer = (a: string, b: string) => number;

const TYPES: ReadonlyMap<string, Comparer> = new Map([
  ['loose', compareLoose],
  ['strict', compareStrict],
  ['semver', compareSemantic],
  ['semantic', compareSemantic],
  ['pep440', comparePep440],
]);

function quoteAll(names: Iterable<string>): string {
  return [...names].map((name) => `'${name}'`).join(', ');
}

function versionTest(
  _env: unknown,
  value: Value,
  version: Value = '',
  operator: Value = 'eq',
  strict: Value = null,
  versionType: Value = null,
): Value {
  if (strict !== null && versionType !== null) {
    throw filterError("Cannot specify both 'strict' and 'version_type'");
  }
  if (!isTrue(force(value))) throw filterError('Input version value cannot be empty');
  if (!isTrue(force(version))) throw filterError('Version parameter to compare against cannot be empty');
  const compare = comparerOf(strict, versionType);
  dictKey(force(operator));
  const decide = OPERATORS.get(str(operator));
  if (decide === undefined) {
    throw filterError(
      `Invalid operator type (${str(operator)}). Must be one of ${quoteAll(OPERATORS.keys())}`,
    );
  }
  try {
    return decide(compare(str(force(value)), str(force(version))));
  } catch (error) {
    if (error instanceof TemplateError) throw filterError(`Version comparison failed: ${error.message}`);
    throw error;
  }
}

function comparerOf(strict: Value, versionType: Value): Comparer {
  if (strict !== null && isTrue(strict)) return compareStrict;
  if (versionType === null || !isTrue(versionType)) return compareLoose;
  dictKey(force(versionType));
  const found = TYPES.get(str(versionType));
  if (found !== undefined) return found;
  throw filterError(`Invalid version type (${str(versionType)}). Must be one of ${quoteAll(TYPES.keys())}`);
}
