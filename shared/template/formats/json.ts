/** JSON as templates write and read it: Python's layout, Ansible's encoder for rare values, Python's errors. */

import { formatJson, JsonError, type JsonOptions, JsonTypeError, parseJson } from '../../base/json.ts';
import type { Special, Value } from '../../base/value.ts';
import { countVisit } from '../budget.ts';
import { isoDate } from '../dates/date-class.ts';
import { className } from '../filter-error.ts';
import { checkTextSize } from '../python/arithmetic.ts';
import { pythonError, typeError, undefinedError } from '../python/error.ts';
import { LazyDict, PyTuple, Undefined, Vaulted } from '../python/special.ts';
import { asText, force } from '../python/values.ts';

/** How to write JSON: Python's options, and whether vaulted values are opened. */
export type TemplateJsonOptions = Omit<JsonOptions, 'convert'> & {
  /** Plain text of a vaulted value; without it the value is written as `{"__ansible_vault": …}`. */
  readonly decrypt?: (ciphertext: string) => string;
  /** Without Ansible's encoder: values that Python's own does not know have no JSON form. */
  readonly isPlain?: boolean;
};

const STEPS_OF_A_CONTAINER = 4;

/** The JSON text of a value. */
export function dumpJson(value: Value, options: TemplateJsonOptions = {}): string {
  const { decrypt, isPlain = false, ...layout } = options;
  try {
    return formatJson(force(value), {
      ...layout,
      checkSize: (size) => {
        countVisit(STEPS_OF_A_CONTAINER);
        checkTextSize(size);
      },
      convert: (special) => convert(special, decrypt, isPlain),
    });
  } catch (error) {
    if (error instanceof JsonTypeError) throw typeError(error.message);
    throw error;
  }
}

function convert(
  special: Special,
  decrypt: ((ciphertext: string) => string) | undefined,
  isPlain: boolean,
): Value {
  if (special instanceof Undefined && !special.isLenient && !isPlain) throw undefinedError(special);
  if (special instanceof PyTuple) return [...special.items];
  if (special instanceof LazyDict) return special.toDict();
  if (special instanceof Vaulted) {
    return decrypt?.(special.ciphertext) ?? new Map([['__ansible_vault', special.ciphertext]]);
  }
  const iso = isPlain ? undefined : isoDate(special);
  if (iso !== undefined) return iso;
  const settled = force(special);
  if (settled !== special) return settled;
  const text = asText(special);
  if (text !== undefined) return text;
  throw typeError(`Object of type ${className(special)} is not JSON serializable`);
}

/** The value of a JSON text; raises Python's JSONDecodeError. */
export function loadJson(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) throw pythonError('JSONDecodeError', error.message);
    throw error;
  }
}
