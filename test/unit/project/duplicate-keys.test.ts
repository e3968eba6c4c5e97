/** DUPLICATE_YAML_DICT_KEY decides what a key that stands twice is. */

import { expect, test } from 'vitest';
import { systemClock } from '../../../shared/base/clock.ts';
import { loadConfig } from '../../../shared/project/config/load-config.ts';
import { loadProject } from '../../../shared/project/load-project.ts';
import { loadDeps } from './load-deps.ts';
import { memoryFiles } from './memory-files.ts';

function severities(environment: Readonly<Record<string, string>>): readonly string[] {
  const text = '- hosts: all\n  vars: {foo: 1, foo: 2}\n';
  const files = memoryFiles({ texts: { '/project/site.yml': text }, environment });
  const { diagnostics } = loadProject(
    { playbooks: ['/project/site.yml'], inventory: ['h,'], limit: undefined, extraVars: [] },
    {
      config: loadConfig(files).value,
      secrets: [],
      files,
      local: loadDeps('/project').environment.local,
      now: systemClock.now,
      randomBytes: systemClock.randomBytes,
    },
  );
  return diagnostics.filter(({ code }) => code === 'yaml-duplicate-key').map(({ severity }) => severity);
}

test('a warning unless the configuration says otherwise', () => {
  expect(severities({})).toEqual(['warning']);
  expect(severities({ ANSIBLE_DUPLICATE_YAML_DICT_KEY: 'error' })).toEqual(['error']);
  expect(severities({ ANSIBLE_DUPLICATE_YAML_DICT_KEY: 'ignore' })).toEqual([]);
});
