/** The tables of filters, tests and lookups that templates can name. */

import type { Builtins } from './builtin.ts';

export const builtins: Builtins = { filters: new Map(), tests: new Map(), lookups: new Map() };
