/** The filters json_patch, json_patch_recipe and json_diff of the collection community.general: changes of data as RFC 6902 has them. */

import type { Dict, Value } from '../../base/value.ts';
import type { Builtin } from '../builtin.ts';
import { filterError, rethrown } from '../filter-error.ts';
import { loadJson } from '../formats/json.ts';
import { applyPatch, diffJson, PATCH_TEST_FAILED } from '../formats/json-patch.ts';
import { decodeText } from '../python/codec.ts';
import { str } from '../python/repr.ts';
import { PyBytes } from '../python/special.ts';
import { asDict, asText, force, isMapping } from '../python/values.ts';
import { TemplateError } from '../template-error.ts';

/** The filters. */
export const jsonPatchFilters: readonly Builtin[] = [
  {
    name: 'json_patch',
    signature: 'op, path, value=None, **kwargs',
    call: (_env, input, op = null, path = null, value = null, kwargs = null) => {
      const options = new Map(asDict(kwargs) ?? []);
      const isStrict = readFlag(options.get('fail_test') ?? false);
      const operation: Dict = new Map<Value, Value>([
        ['op', force(op)],
        ['path', force(path)],
        ['value', force(value)],
      ]);
      const from = force(options.get('from') ?? null);
      if (from !== null) operation.set('from', from);
      const others = [...options.keys()].map(str).filter((name) => name !== 'from' && name !== 'fail_test');
      if (others.length > 0) {
        throw filterError(`json_patch: unexpected keywords arguments: ${others.sort().join(', ')}`);
      }
      return patch('json_patch', force(input), { operations: [operation], isStrict });
    },
  },
  {
    name: 'json_patch_recipe',
    signature: 'operations, fail_test=False',
    call: (_env, input, operations = null, fails = false) => {
      const list = force(operations);
      if (!Array.isArray(list)) throw filterError("json_patch_recipe: 'operations' needs to be a list");
      const isStrict = readFlag(fails);
      return patch('json_patch_recipe', force(input), {
        operations: list.map((each) => asDict(force(each)) ?? new Map()),
        isStrict,
      });
    },
  },
  {
    name: 'json_diff',
    signature: 'target',
    call: (_env, input, target = null) =>
      diffJson(
        readData('json_diff', 'input', force(input)),
        readData('json_diff', 'target', force(target)),
        '',
      ),
  },
];

function readFlag(value: Value): boolean {
  const flag = force(value);
  if (typeof flag === 'boolean') return flag;
  throw filterError("json_patch: 'fail_test' argument is not a bool");
}

function readData(filter: string, what: string, value: Value): Value {
  const text = value instanceof PyBytes ? decodeText(value.bytes) : asText(value);
  if (text !== undefined) {
    return rethrown(
      () => loadJson(text),
      ({ message }) => filterError(`${filter}: could not decode JSON from ${what}: ${message}`),
    );
  }
  if (Array.isArray(value) || isMapping(value)) return value;
  throw filterError(`${filter}: ${what} is not dictionary, list or string`);
}

const OPERATIONS = ['add', 'copy', 'move', 'remove', 'replace', 'test'];

function checkOperation(filter: string, operation: Dict): void {
  const text = (name: string): string | undefined => asText(force(operation.get(name) ?? null));
  const op = text('op');
  if (op === undefined) throw filterError(`${filter}: 'op' argument is not a string`);
  if (!OPERATIONS.includes(op)) throw filterError(`${filter}: unsupported 'op' argument: ${op}`);
  if (text('path') === undefined) throw filterError(`${filter}: 'path' argument is not a string`);
  if (op !== 'copy' && op !== 'move') return;
  if (!operation.has('from')) throw filterError(`${filter}: 'from' argument missing for '${op}' operation`);
  if (text('from') === undefined) throw filterError(`${filter}: 'from' argument is not a string`);
}

type Recipe = { readonly operations: readonly Dict[]; readonly isStrict: boolean };

/** The data after all operations, or None where a test does not hold. */
function patch(filter: string, input: Value, { operations, isStrict }: Recipe): Value {
  const data = readData(filter, 'input', input);
  for (const operation of operations) checkOperation(filter, operation);
  try {
    return operations.reduce<Value>(applyPatch, data);
  } catch (error) {
    if (!(error instanceof TemplateError) || error.kind === 'limit') throw error;
    if (error.pythonType !== PATCH_TEST_FAILED)
      throw filterError(`${filter}: patch failed: ${error.message}`);
    if (isStrict) throw filterError(`${filter}: test operation failed: ${error.message}`);
    return null;
  }
}
