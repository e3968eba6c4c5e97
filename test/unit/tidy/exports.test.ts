/** What nobody else uses is not exported. */

import path from 'node:path';
import { expect, test } from 'vitest';
import { productSources, sources } from './sources.ts';

/** What runs functions finds these by name. */
const ENTRIES = /^functions\/\w+\/handler\.ts handler$/;

const IMPORT = /^(?:import|export) (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm;
const WHOLE_IMPORT = /import\('(\.[^']+)'\)|import \* as \w+ from '(\.[^']+)'/g;
const EXPORT = /^export (?:async )?(?:class|const|function\*?) (\w+)/gm;

test('every function, class and constant that is exported is imported somewhere', () => {
  const used = new Set<string>();
  for (const { name, text } of sources) {
    const target = (specifier: string): string => path.posix.join(path.posix.dirname(name), specifier);
    for (const [, names = '', specifier = ''] of text.matchAll(IMPORT)) {
      for (const one of names.split(',')) {
        const imported =
          one
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0] ?? '';
        used.add(`${target(specifier)} ${imported}`);
      }
    }
    for (const [, dynamic, star] of text.matchAll(WHOLE_IMPORT)) used.add(target(dynamic ?? star ?? ''));
  }
  const unused = productSources
    .filter(({ name }) => !used.has(name))
    .flatMap(({ name, code }) => Array.from(code.matchAll(EXPORT), ([, exported]) => `${name} ${exported}`))
    .filter((entry) => !used.has(entry) && !ENTRIES.test(entry));
  expect(unused).toEqual([]);
});
