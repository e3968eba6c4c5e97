/** The table of Ansible's own lookups. */

import type { Lookup } from '../builtin.ts';
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

/** Lookups by name, with and without the name of Ansible's own collection. */
export const lookupTable: ReadonlyMap<string, Lookup> = new Map(
  lookups.flatMap((lookup) => [lookup.name, `ansible.builtin.${lookup.name}`].map((name) => [name, lookup])),
);
