/** Settings resolve as ansible-core resolves them: values, origins, warnings and errors. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { pluginSettings } from '../../../shared/project/config/plugin-settings.ts';
import { settings } from '../../../shared/project/config/settings.ts';
import { memoryFiles } from './memory-files.ts';
import { toPythonJson } from './python-json.ts';

type Case = {
  readonly cfg?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mode?: number;
  readonly expected: {
    readonly settings?: Readonly<Record<string, readonly [unknown, string]>>;
    readonly warnings?: readonly string[];
    readonly error?: string;
  };
};

const path = join(import.meta.dirname, '../../cases/config/cases.json');
const cases = JSON.parse(
  readFileSync(path, 'utf8')
    .replaceAll('{{DIR}}', '/project')
    .replace(/\{\s*"tuple": (\[[^\]]*\])\s*\}/g, '$1'),
) as readonly Case[];

/** Options of plugins that ansible-core does not ship, and settings whose value differs for each process. */
function isComparable(name: string): boolean {
  return !name.startsWith('become.doas.') && name !== 'DEFAULT_LOCAL_TMP' && name !== 'CONFIG_FILE';
}

describe('configuration', () => {
  for (const { cfg, env = {}, mode, expected } of cases) {
    it(JSON.stringify([cfg, env, mode]), () => {
      const files = memoryFiles({
        texts: cfg === undefined ? {} : { '/project/ansible.cfg': cfg },
        environment: env,
        worldWritable: mode === undefined ? [] : ['/project'],
      });
      const { value: config, diagnostics } = loadConfig(files);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
      if (expected.error !== undefined) {
        const first = errors[0]?.message ?? 'no error';
        expect(expected.error.slice(0, first.length)).toBe(first);
        return;
      }
      expect(errors).toEqual([]);
      expect(warnings.map(({ message }) => message)).toEqual(expected.warnings);
      for (const { name } of [...settings, ...pluginSettings].filter((setting) =>
        isComparable(setting.name),
      )) {
        const [value, origin] = expected.settings?.[name] ?? [undefined, 'default'];
        expect([name, config.origin(name)]).toEqual([name, origin]);
        if (value !== undefined)
          expect([name, toPythonJson(config.get(name) ?? null)]).toEqual([name, value]);
      }
    });
  }

  it('lets variables override options of plugins, in the type of the option', () => {
    const { value: config } = loadConfig(memoryFiles({ texts: {} }));
    const vars = new Map<string, Value>([
      ['ansible_port', 22],
      ['ansible_ssh_port', '2022'],
    ]);
    expect(config.getFor('connection.ssh.port', (name) => vars.get(name))).toBe(2022);
    expect(config.getFor('connection.ssh.timeout', (name) => vars.get(name))).toBe(10);
    expect(config.getFor('connection.ssh.nonsense', (name) => vars.get(name))).toBeUndefined();
  });

  it('knows no other names', () => {
    const { value: config } = loadConfig(memoryFiles({ texts: {} }));
    expect(config.get('DEFAULT_NONSENSE')).toBeUndefined();
    expect(() => config.flag('DEFAULT_NONSENSE')).toThrow('there is no setting');
  });
});
