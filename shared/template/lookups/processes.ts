/** Lookups that run commands on the machine that runs the playbook: pipe and lines. */

import type { Value } from '../../base/value.ts';
import type { Lookup } from '../builtin.ts';
import type { Environment, LocalPort } from '../environment.ts';
import { ansibleError } from '../filter-error.ts';
import { decodeText } from '../python/codec.ts';
import { str } from '../python/repr.ts';
import { force, toList } from '../python/values.ts';
import { splitLines, stripEnd } from '../python/whitespace.ts';
import { baseDirectory } from './search.ts';

/** Command lookups. */
export const processLookups: readonly Lookup[] = [
  {
    name: 'pipe',
    call: (env, terms) =>
      terms.map((term) => run(env, { lookup: 'pipe', command: str(force(term)) }, stripEnd)),
  },
  {
    name: 'lines',
    call: (env, terms) =>
      terms.flatMap((term) => toList(run(env, { lookup: 'lines', command: str(force(term)) }, splitLines))),
  },
];

type Command = { readonly lookup: string; readonly command: string };

/** Runs once per task; `shape` makes the value of what was printed. */
function run(env: Environment, { lookup, command }: Command, shape: (text: string) => Value): Value {
  const finish = ({ exitCode, stdout }: Awaited<ReturnType<LocalPort['run']>>): Value => {
    if (exitCode !== 0) throw ansibleError(`lookup_plugin.${lookup}(${command}) returned ${exitCode}`);
    return shape(decodeText(stdout));
  };
  return env.memory.later(`${lookup} ${command}`, () =>
    env.local.run(command, baseDirectory(env)).then(finish),
  );
}
