/**
 * Special values as data, for variables and results that cross a process or lie in a store.
 *
 * What is computed when it is read is written as what it gives now. Values that only templates handle (functions,
 * namespaces, cyclers) and results still on their way have no form: they are no part of a host's state at rest.
 */

import type { Position } from '../base/diagnostic.ts';
import type { Dict, Special, Value } from '../base/value.ts';
import type { CalendarDate } from './dates/date-format.ts';
import { makeDatetime } from './dates/datetime.ts';
import { makeDay } from './dates/day.ts';
import { makeTime } from './dates/time-of-day.ts';
import { makeTimedelta } from './dates/timedelta.ts';
import {
  LazyDict,
  LazyList,
  Markup,
  omit,
  PyBytes,
  PyObject,
  PySet,
  PyTuple,
  Template,
  Undefined,
  Vaulted,
} from './python/special.ts';

/** Data in which values may stand anywhere, as JSON on the wire is made of. */
type Wire = undefined | Uint8Array | Value | readonly Wire[] | { readonly [key: string]: Wire };

type Form = { readonly tag: string; readonly data: Wire };

/** See SpecialForms of the wire floor, which knows nothing of the classes here. */
type Forms = {
  readonly write: (special: Special) => Form;
  readonly read: (tag: string, data: Wire) => Special;
};

/** The forms of all special values that variables and results may hold. */
export const specialForms: Forms = { write: writeSpecial, read: parseSpecial };

function writeSpecial(special: Special): Form {
  if (special instanceof PyTuple) return form('tuple', [special.items, special.fields]);
  if (special instanceof PyBytes) return form('bytes', special.bytes);
  if (special instanceof Undefined)
    return form('undefined', [special.message, special.missing, special.isLenient]);
  if (special instanceof Template)
    return form('template', [special.source, special.position, special.isUnsafe]);
  if (special instanceof Vaulted) return form('vaulted', [special.ciphertext, special.position]);
  if (special instanceof PySet) return form('set', [...special.items]);
  if (special instanceof Markup) return form('markup', [special.text, special.mark, special.isLookedUp]);
  if (special instanceof LazyDict) return form('dict', [special.toDict(), special.typeName]);
  if (special instanceof LazyList) return form('list', [special.typeName, [...special], special.repr()]);
  if (special instanceof PyObject) return writeObject(special);
  if (special.special === 'omit') return form('omit', null);
  throw new Error(`a ${special.special} cannot be a part of what is stored`);
}

function writeObject({ behaviour: { typeName, payload } }: PyObject): Form {
  if (typeof payload === 'object' && payload !== null) {
    if ('date' in payload) return form(typeName, parseDate(payload.date));
    if ('micros' in payload) return form(typeName, Number(payload.micros));
  }
  throw new Error(`a ${typeName} cannot be a part of what is stored`);
}

function form(tag: string, data: Wire): Form {
  return { tag, data };
}

/** Without a zone, the offset is there and undefined. */
function parseDate(data: unknown): CalendarDate {
  const date = data as CalendarDate;
  return { ...date, offsetMinutes: date.offsetMinutes };
}

/** The inverse of {@link writeSpecial}; the text was written by us. */
function parseSpecial(tag: string, data: Wire): Special {
  switch (tag) {
    case 'omit':
      return omit;
    case 'bytes':
      return new PyBytes(data as Uint8Array);
    case 'set':
      return new PySet(data as Value[]);
    case 'datetime.datetime':
      return makeDatetime(parseDate(data));
    case 'datetime.date':
      return makeDay(parseDate(data));
    case 'datetime.time':
      return makeTime(parseDate(data));
    case 'datetime.timedelta':
      return makeTimedelta(data as number);
    default:
      return parseListed(tag, data as readonly Wire[]);
  }
}

function parseListed(tag: string, [first, second, third]: readonly Wire[]): Special {
  switch (tag) {
    case 'tuple':
      return new PyTuple(first as Value[], second as string[]);
    case 'undefined':
      return new Undefined(first as string, (second as string | null) ?? undefined, {
        isLenient: third as boolean,
      });
    case 'template':
      return new Template(first as string, parsePosition(second), third as boolean);
    case 'vaulted':
      return new Vaulted(first as string, parsePosition(second));
    case 'markup':
      return new Markup(first as string, second as Markup['mark'], third as boolean);
    case 'dict':
      return parseLazyDict(first as Dict, second as string);
    case 'list':
      return parseLazyList(first as string, second as Value[], third as string);
    default:
      throw new Error(`a special value of the unknown kind ${tag}`);
  }
}

function parsePosition(data: Wire): Position | undefined {
  return (data as Position | null) ?? undefined;
}

function parseLazyDict(entries: Dict, typeName: string): LazyDict {
  return new LazyDict(
    (key) => entries.get(key),
    () => [...entries.keys()],
    typeName,
  );
}

function parseLazyList(typeName: string, items: readonly Value[], repr: string): LazyList {
  return new LazyList(
    typeName,
    items.length,
    (index) => items[index] ?? null,
    () => repr,
  );
}
