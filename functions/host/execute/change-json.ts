/** Changes of a host's state as text: what its journal keeps, sealed. */

import { type Dict, isDict, type Value } from '../../../shared/base/value.ts';
import { specialForms } from '../../../shared/template/special-json.ts';
import { formatWire, parseWire, type Wire } from '../../../shared/wire/wire-json.ts';
import type { StateChange } from './host-journal.ts';
import { varsAtRest } from './host-state.ts';
import type { ItemEnd, TaskEnd } from './task-end.ts';
import type { TaskKeywords } from './task-keywords.ts';

/** One text of all the changes. Throws Error for values that are no part of a state at rest. */
export function encodeChanges(changes: readonly StateChange[]): string {
  return formatWire(changes.map(writeChange), specialForms);
}

/** The changes of a text that {@link encodeChanges} made. */
export function decodeChanges(text: string): readonly StateChange[] {
  return parseList(parseWire(text, specialForms)).map(parseChange);
}

type Fields = { readonly [name: string]: Wire };

function writeChange(change: StateChange): Wire {
  switch (change.kind) {
    case 'ended':
      return { ...change, end: writeEnd(change.end) };
    case 'entered':
      return { ...change, vars: varsAtRest(change.vars) };
    case 'answer':
      return { ...change, left: change.left === undefined ? undefined : varsAtRest(change.left) };
    default:
      return change;
  }
}

function parseChange(written: Wire): StateChange {
  const fields = written as Fields;
  return (fields.kind === 'ended' ? { ...fields, end: parseEnd(fields.end) } : fields) as StateChange;
}

/** A task's end: keywords that items share are written once, and results that `results` lists not again. */
function writeEnd({ items, ...end }: TaskEnd): Wire {
  const keywords: string[] = [];
  const numberOf = (each: TaskKeywords | undefined): Wire => {
    if (each === undefined) return undefined;
    const text = formatWire(writeKeywords(each));
    const known = keywords.indexOf(text);
    return known < 0 ? keywords.push(text) - 1 : known;
  };
  const listed = end.result.get('results');
  const write = (each: ItemEnd, index?: number): Fields => {
    const isListed = index !== undefined && Array.isArray(listed) && listed[index] === each.result;
    return {
      ...each,
      result: isListed ? undefined : each.result,
      keywords: numberOf(each.keywords),
    };
  };
  return { ...write(end), items: items?.map(write), shared: keywords };
}

function parseEnd(written: Wire): TaskEnd {
  const { items, shared, ...end } = written as Fields;
  const keywords = parseList(shared).map((text) => parseKeywords(parseWire(String(text))));
  const parseItem = (fields: Fields, result: Wire): ItemEnd => ({
    ...(fields as Omit<ItemEnd, 'keywords' | 'label' | 'result'>),
    result: result as Dict,
    label: fields.label as string | undefined,
    keywords: typeof fields.keywords === 'number' ? keywords[fields.keywords] : undefined,
  });
  const whole = parseItem(end, end.result);
  const listed = whole.result.get('results');
  const parseListed = (item: Wire, index: number): ItemEnd => {
    const fields = item as Fields;
    return parseItem(fields, fields.result ?? (Array.isArray(listed) ? listed[index] : undefined));
  };
  return { ...whole, items: items === undefined ? undefined : parseList(items).map(parseListed) };
}

/** Of a task that says nothing: what differs is written. */
const NOTHING_SAID: Fields = {
  isCheckMode: false,
  isDiff: false,
  noLog: false,
  ignoreErrors: false,
  ignoreUnreachable: false,
  anyErrorsFatal: false,
  become: false,
  delegateFacts: false,
  timeout: 0,
  asyncSeconds: 0,
};

/** Names of the environment are the user's, and a dict may have any. */
function writeKeywords({ environment, ...keywords }: TaskKeywords): Wire {
  const said = Object.entries(keywords).filter(([name, value]) => value !== NOTHING_SAID[name]);
  const names = Object.entries(environment);
  const all = names.length === 0 ? said : [...said, ['environment', new Map<Value, Value>(names)] as const];
  return Object.fromEntries(all);
}

function parseKeywords(written: Wire): TaskKeywords {
  const { environment, ...keywords } = written as Fields;
  const entries = isDict(environment as Value) ? [...(environment as Dict)] : [];
  return { ...NOTHING_SAID, ...keywords, environment: Object.fromEntries(entries) } as TaskKeywords;
}

function parseList(written: Wire): readonly Wire[] {
  return written as readonly Wire[];
}
