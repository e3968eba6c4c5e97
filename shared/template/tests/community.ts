/** The tests of the collection community.general. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { classText, filterError } from '../filter-error.ts';
import { typeTest } from '../filters/community-types.ts';
import { valueError } from '../python/error.ts';
import { repr } from '../python/repr.ts';
import { asText, force } from '../python/values.ts';

const NAME_CHARACTERS_MAX = 253;
const PLAIN_NAME = /^(?:(?!-)[-a-z\d]{1,63}(?<!-)\.)*(?!-)[-a-z\d]{1,63}(?<!-)\.?$/i;
const NAME_WITH_UNDERSCORES = /^(?:(?!-)[-_a-z\d]{1,63}(?<!-)\.)*(?!-)[-_a-z\d]{1,63}(?<!-)\.?$/i;

const tests: readonly Builtin[] = [
  typeTest,
  {
    name: 'fqdn_valid',
    signature: 'min_labels=1, allow_underscores=False',
    call: (_env, value, labels = null, underscores = null) =>
      isHostName(force(value), force(labels), force(underscores)),
  },
];

/** The tests under their full names. */
export const communityTests: readonly (readonly [string, Builtin])[] = tests.map((test) => [
  `community.general.${test.name}`,
  test,
]);

function isHostName(value: Value, labels: Value, underscores: Value): boolean {
  const name = asText(value);
  if (name === undefined) {
    throw filterError(`The name parameter must be a string, got ${repr(value)} of type ${classText(value)}`);
  }
  if (typeof labels !== 'number' && typeof labels !== 'boolean') {
    throw filterError(
      `The min_labels parameter must be an integer, got ${repr(labels)} of type ${classText(labels)}`,
    );
  }
  if (typeof underscores !== 'boolean') {
    throw filterError(
      `The allow_underscores parameter must be a boolean, got ${repr(underscores)} of type ${classText(underscores)}`,
    );
  }
  if (name === '') throw valueError('fqdn must be str');
  const bare = name.replace(/\.$/, '');
  const syntax = underscores ? NAME_WITH_UNDERSCORES : PLAIN_NAME;
  return bare.length <= NAME_CHARACTERS_MAX && syntax.test(name) && bare.split('.').length >= Number(labels);
}
