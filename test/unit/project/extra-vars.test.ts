/** Extra variables are read as ansible-core reads them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskFiles } from '../../../shared/project/disk-files.ts';
import type { HashBehaviour } from '../../../shared/project/variables/combine-vars.ts';
import { parseExtraVars } from '../../../shared/project/variables/extra-vars.ts';
import { toPythonJson } from './python-json.ts';

type Case = {
  readonly args: readonly string[];
  readonly hash?: HashBehaviour;
  readonly vars?: unknown;
  readonly error?: string;
};

const directory = join(import.meta.dirname, '../../cases/extra-vars');
const text = readFileSync(join(directory, 'cases.json'), 'utf8').replaceAll('{{DIR}}', directory);
const cases = JSON.parse(text) as readonly Case[];
const files = diskFiles({ environment: {}, homeDirectory: '/nonexistent', workingDirectory: directory });

describe('extra variables', () => {
  for (const { args, hash = 'replace', vars, error } of cases) {
    it(JSON.stringify(args), () => {
      const { value, diagnostics } = parseExtraVars(args, { files, secrets: [], hashBehaviour: hash });
      const [first] = diagnostics.filter(({ severity }) => severity === 'error');
      if (error?.startsWith('We were unable to read') === true) {
        // The words of a syntax error of YAML are the YAML reader's subject.
        expect(first?.message).toContain('Syntax Error');
        return;
      }
      expect(first?.message).toEqual(error);
      if (error === undefined) expect(toPythonJson(value)).toEqual(vars);
    });
  }
});
