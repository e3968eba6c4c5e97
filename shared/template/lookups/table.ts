/** The table of lookups. */

import type { Lookup } from '../builtin.ts';
import { secretLookups } from './aws-secret.ts';
import { parameterLookups } from './aws-ssm.ts';
import { csvLookups } from './csvfile.ts';
import { fileLookups } from './files.ts';
import { hostLookups } from './hosts.ts';
import { iniLookups } from './ini.ts';
import { listLookups } from './lists.ts';
import { passwordLookups } from './password.ts';
import { processLookups } from './processes.ts';
import { templateLookups } from './template.ts';
import { urlLookups } from './url.ts';
import { variableLookups } from './variables.ts';

const lookups = [
  ...fileLookups,
  ...processLookups,
  ...variableLookups,
  ...listLookups,
  ...csvLookups,
  ...iniLookups,
  ...passwordLookups,
  ...hostLookups,
  ...templateLookups,
  ...urlLookups,
];

/** Lookups by name: Ansible's own with and without the name of its collection, others by all of their names. */
export const lookupTable: ReadonlyMap<string, Lookup> = new Map([
  ...lookups.flatMap((lookup) =>
    [lookup.name, `ansible.builtin.${lookup.name}`].map((name) => [name, lookup] as const),
  ),
  ...[...parameterLookups, ...secretLookups].map((lookup) => [lookup.name, lookup] as const),
]);
