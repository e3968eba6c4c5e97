/** What all states of `file` share: the diff that they begin with, and the attributes and times that they end with. */

import type { Dict, Value } from '../../../shared/base/value.ts';
import { changeAttributes, noteDiff, type Wanted } from './attributes.ts';
import type { FileState } from './file-state.ts';
import { setTimes, type WantedTimes } from './file-times.ts';
import type { LocalContext } from './local-module.ts';

/** The diff that a change of the state begins with. */
export function firstDiff(path: string, [before, state]: readonly [FileState, string]): Dict {
  const diff: Dict = new Map<Value, Value>([
    ['before', new Map([['path', path]])],
    ['after', new Map([['path', path]])],
  ]);
  if (before !== state) noteDiff(diff, 'state', [before, state]);
  return diff;
}

type Setting = {
  readonly context: LocalContext;
  readonly before?: boolean;
  readonly diff?: Dict | undefined;
};

/** Sets attributes and times. */
export function setAll(wanted: Wanted, times: WantedTimes, { before, context, diff }: Setting): boolean {
  const isChanged = changeAttributes(wanted, context, { before: before ?? false, diff });
  return setTimes(times, { context, path: wanted.path, diff }) || isChanged;
}
