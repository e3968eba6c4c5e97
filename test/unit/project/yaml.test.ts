/** YAML and JSON files against what Ansible's own loader reads (recorded by test/record/yaml_files.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../../../shared/base/diagnostic.ts';
import { PyFloat, type Value } from '../../../shared/base/value.ts';
import { loadYaml } from '../../../shared/project/yaml.ts';
import { repr } from '../../../shared/template/python/repr.ts';
import {
  PyBytes,
  PyObject,
  PySet,
  PyTuple,
  Template,
  Vaulted,
} from '../../../shared/template/python/special.ts';

const directory = join(import.meta.dirname, '../../cases/yaml');

type Recorded =
  | { readonly value: unknown; readonly warnings: number }
  | { readonly error: string; readonly line: number | null };

const recorded = JSON.parse(readFileSync(join(directory, 'recorded.json'), 'utf8')) as Record<
  string,
  Recorded
>;

function encode(value: Value): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'string') return { str: value };
  if (value instanceof PyFloat) return { float: value.value };
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Map) return { dict: [...value].map(([key, item]) => [encode(key), encode(item)]) };
  if (value instanceof Template) return { [value.isUnsafe ? 'str' : 'template']: value.source };
  if (value instanceof Vaulted) return { vault: value.ciphertext };
  if (value instanceof PyBytes) return { bytes: Buffer.from(value.bytes).toString('hex') };
  if (value instanceof PyTuple) return { tuple: value.items.map(encode) };
  if (value instanceof PySet) return { set: [...value.items].map(encode).sort(byText) };
  if (value instanceof PyObject) return { date: repr(value) };
  throw new Error('a value that YAML does not make');
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

/** Python's text of a float as a number, so that only its value counts. Dict keys are never templates. */
function comparable(value: unknown, isKey = false): unknown {
  if (Array.isArray(value)) return value.map((item) => comparable(item));
  if (typeof value !== 'object' || value === null) return value;
  const [[kind, inner] = ['', undefined]] = Object.entries(value);
  if (kind === 'float') return { float: Number(String(inner).replace('inf', 'Infinity')) };
  if (kind === 'template' && isKey) return { str: inner };
  if (kind === 'dict' && Array.isArray(inner)) {
    return { dict: inner.map(([key, item]) => [comparable(key, true), comparable(item)]) };
  }
  return { [kind]: comparable(inner) };
}

describe('YAML files', () => {
  for (const [name, expected] of Object.entries(recorded)) {
    it(`reads ${name} as Ansible does`, () => {
      const bytes = readFileSync(join(directory, name));
      const { value, diagnostics } = loadYaml(
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
        name,
      );
      if ('error' in expected) {
        expect(diagnostics.filter((one) => one.severity === 'error').length).toBeGreaterThan(0);
        return;
      }
      expect(hasErrors(diagnostics)).toBe(false);
      expect(encode(value)).toEqual(comparable(expected.value));
      expect(diagnostics.length).toBe(expected.warnings);
    });
  }
});
