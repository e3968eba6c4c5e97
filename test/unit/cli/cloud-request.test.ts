/** Paths of a command line become paths inside the project, wherever the command was started. */

import { expect, test } from 'vitest';
import { parseRunArguments } from '../../../cli/arguments.ts';
import { cloudRequest } from '../../../cli/cloud/cloud-request.ts';

function moved(words: string, workingDirectory: string, root: string | undefined): unknown {
  const parsed = parseRunArguments(['--on', 'aws', ...words.split(' ')]);
  if (parsed.kind !== 'run') throw new Error(`no run: ${words}`);
  const result = cloudRequest(parsed.request, { workingDirectory, root });
  if (result.kind === 'refused') return result.message;
  const { extraVars, inventory, modulePaths, playbooks } = result.request;
  return [...playbooks, ...inventory, ...extraVars, ...modulePaths].join(' ');
}

test.each([
  ['./site.yml -i hosts -e @v.yml -e a=1', '/p', './site.yml hosts @v.yml a=1'],
  ['site.yml -i ../hosts -i a,b -M ../library', '/p/plays', 'plays/site.yml hosts a,b library'],
  ['/p/plays/site.yml -i /p/hosts', '/p/plays', 'plays/site.yml hosts'],
  ['my.own.playbook -i ..', '/p/plays', 'my.own.playbook .'],
])('%s in %s', (words, workingDirectory, expected) => {
  expect(moved(words, workingDirectory, '/p')).toBe(expected);
});

test.each([
  ['../site.yml', '/p', '../site.yml is outside of /p'],
  ['site.yml -i /etc/hosts', '/p', '/etc/hosts is outside of /p'],
  ['site.yml -e @../../v.yml', '/p/plays', '../../v.yml is outside of /p'],
])('%s in %s leads out', (words, workingDirectory, message) => {
  expect(moved(words, workingDirectory, '/p')).toContain(message);
});

test('paths of a project that was pushed before are meant inside it', () => {
  expect(moved('plays/site.yml -i hosts', '/elsewhere', undefined)).toBe('plays/site.yml hosts');
  expect(moved('plays/../../site.yml', '/elsewhere', undefined)).toContain('is outside of the project');
  expect(moved('/p/site.yml', '/elsewhere', undefined)).toContain('is outside of the project');
});
