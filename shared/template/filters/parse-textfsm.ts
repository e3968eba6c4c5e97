/** The filter parse_cli_textfsm of the collection ansible.netcommon. */

import type { Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { ansibleError, classText } from '../filter-error.ts';
import { parseTextFsm, type TextFsmCell } from '../formats/textfsm.ts';
import { str } from '../python/repr.ts';
import { asText, force } from '../python/values.ts';
import { readTemplate } from './parse-spec.ts';

/** The filter. */
export const parseTextFsmFilter: Builtin = {
  name: 'parse_cli_textfsm',
  signature: 'template',
  call: (env, value, template = null) => {
    const output = asText(force(value));
    if (output === undefined) {
      throw ansibleError(
        `parse_cli_textfsm input should be a string, but was given a input of ${classText(force(value))}`,
      );
    }
    const { header, rows } = parseTextFsm(readTemplate(env, 'parse_cli_textfsm', str(template)), output);
    return rows.map((row) => new Map(header.map((name, index) => [name, cellValue(row[index] ?? '')])));
  },
};

function cellValue(cell: TextFsmCell): Value {
  if (typeof cell === 'string') return cell;
  return cell.map((item) => (typeof item === 'string' ? item : new Map<Value, Value>(item)));
}
