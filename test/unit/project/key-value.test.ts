/** `key=value` lines against how Ansible splits them (recorded by test/record/key_value.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseKv } from '../../../shared/project/parse-kv.ts';

type Options = Readonly<Record<string, string>> | null;
type Recorded = { readonly line: string; readonly options: Options; readonly freeForm: Options };

const path = join(import.meta.dirname, '../../cases/key-value/recorded.json');
const recorded = JSON.parse(readFileSync(path, 'utf8')) as readonly Recorded[];

function parsed(line: string, isFreeForm: boolean): Options {
  const options = parseKv(line, isFreeForm);
  return options === undefined ? null : Object.fromEntries(options);
}

describe('key=value lines', () => {
  for (const { line, options, freeForm } of recorded) {
    it(`splits ${JSON.stringify(line)}`, () => {
      expect(parsed(line, false)).toEqual(options);
      expect(parsed(line, true)).toEqual(freeForm);
    });
  }
});
