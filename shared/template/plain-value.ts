/** Values as JSON can carry them: tuples and sets become lists, lazy dicts dicts, the rest its text. */

import { isSpecial, type Value } from '../base/value.ts';
import { isoDate } from './dates/date-class.ts';
import { str } from './python/repr.ts';
import { LazyDict, PySet, PyTuple, Template, Undefined, Vaulted } from './python/special.ts';

/** The value without specials; the same object when it holds none. Dates are as in JSON, unless `dateForm` says otherwise. */
export function plainValue(value: Value, dateForm: (date: Value) => Value | undefined = isoDate): Value {
  if (Array.isArray(value)) {
    const items = value.map((item) => plainValue(item, dateForm));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, each]) => [plainKey(key), plainValue(each, dateForm)] as const);
    const isSame = entries.every(([key, each]) => value.get(key) === each);
    return isSame ? value : new Map(entries);
  }
  return isSpecial(value) ? plainSpecial(value, dateForm) : value;
}

/** As {@link plainValue}, with dates as they print: what is shown of a value. */
export function shownValue(value: Value): Value {
  return plainValue(value, (date) => (isoDate(date) === undefined ? undefined : date));
}

function plainSpecial(value: Value, dateForm: (date: Value) => Value | undefined): Value {
  const inner = (item: Value): Value => plainValue(item, dateForm);
  if (value instanceof PyTuple) return value.items.map(inner);
  if (value instanceof PySet) return [...value.items].map(inner);
  if (value instanceof LazyDict) return inner(value.toDict());
  if (value instanceof Template) return value.source;
  if (value instanceof Vaulted) return value.ciphertext;
  if (value instanceof Undefined) return value.message;
  return dateForm(value) ?? str(value);
}

/** JSON's keys are texts; Python's names of None, True and numbers stay as json.dumps writes them. */
function plainKey(key: Value): Value {
  return isSpecial(key) ? str(key) : key;
}
