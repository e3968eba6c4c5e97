/** Names that playbooks should not give to variables, because plays or templates mean something else by them. */

import { keywordsOf } from './keyword-table.ts';

/** The globals of templates. */
const GLOBALS = [
  'cycler',
  'dict',
  'joiner',
  'lipsum',
  'lookup',
  'namespace',
  'now',
  'omit',
  'q',
  'query',
  'range',
  'undef',
];

const reserved: ReadonlySet<string> = new Set([
  ...keywordsOf.Play,
  ...keywordsOf.Block,
  ...keywordsOf.Task,
  ...keywordsOf.RoleInclude,
  'action',
  'local_action',
  'with_',
  ...GLOBALS,
]);

/** Those of `names` that are reserved, `vars` aside. */
export function reservedNames(names: Iterable<unknown>): readonly string[] {
  return [...new Set([...names].map(String))].filter((name) => name !== 'vars' && reserved.has(name));
}
