import { expect, test } from 'vitest';
import { runAssert } from '../../../functions/host/actions/assert.ts';
import { runPackage, runService } from '../../../functions/host/actions/chosen-module.ts';
import { includeVars } from '../../../functions/host/actions/include-vars.ts';
import { validateArgumentSpec } from '../../../functions/host/actions/validate-argument-spec.ts';
import { fakeCall, fakeRemote, plain, toDict } from './fake-call.ts';

const VARS = {
  '/project/vars/d/1.yml': 'a: 1\nd: {k: 1}\n',
  '/project/vars/d/2.json': '{"j": 1}',
  '/project/vars/d/sub/3.yaml': 'b: 2',
  '/project/vars/list.yml': '- 1',
};

test('include_vars loads a directory in order, below a depth when asked', () => {
  const call = fakeCall('include_vars', { args: { dir: 'vars/d', depth: 1 }, files: VARS });
  expect(plain(includeVars(call))).toMatchObject({
    ansible_included_var_files: ['/project/vars/d/1.yml', '/project/vars/d/2.json'],
    ansible_facts: { a: 1, d: { k: 1 }, j: 1 },
  });
});

test('include_vars leaves out what is ignored and puts the rest under a name', () => {
  const args = { dir: 'vars/d', files_matching: '^[12]', ignore_files: ['json'], name: 'n' };
  expect(plain(includeVars(fakeCall('include_vars', { args, files: VARS })))).toMatchObject({
    ansible_facts: { n: { a: 1, d: { k: 1 } } },
  });
});

test.each([
  [{ _raw_params: 'list.yml' }, '/project/vars/list.yml must be stored as a dictionary/hash'],
  [{ dir: 'nix' }, '/project/nix directory does not exist'],
  [{ dir: 'vars/d', extensions: ['yml'] }, '/project/vars/d/2.json does not have a valid extension: yml'],
])('include_vars of %o fails', (args, message) => {
  expect(plain(includeVars(fakeCall('include_vars', { args, files: VARS })))).toMatchObject({
    failed: true,
    message,
  });
});

test('what a template in a condition of assert gave looks nothing up', () => {
  const vars = { said: "lookup('pipe', 'id')" };
  expect(() => runAssert(fakeCall('assert', { args: { that: ['{{ said }}'] }, vars }))).toThrow('lookup');
});

test('role arguments are checked and named where they stand', () => {
  const spec = {
    n: { type: 'int', required: true },
    s: { choices: ['a', 'b'] },
    d: { type: 'dict', options: { k: { type: 'int', required: true } } },
  };
  const call = fakeCall('validate_argument_spec', {
    args: { argument_spec: spec, provided_arguments: { s: 'c', d: { x: 1 } } },
  });
  expect(plain(validateArgumentSpec(call))).toMatchObject({
    failed: true,
    argument_errors: [
      'missing required arguments: n',
      'value of s must be one of: a, b, got: c',
      'missing required arguments: k found in d',
      'd.x. Supported parameters include: k.',
    ],
  });
});

test('package takes the manager from the facts, and asks the host without them', async () => {
  const known = fakeRemote(() => toDict({ changed: false }));
  const vars = { ansible_facts: { pkg_mgr: 'apt' } };
  expect(runPackage(fakeCall('package', { args: { name: 'x' }, vars }), known.remote).isWhole).toBe(true);
  expect(known.requests.map(({ module }) => module)).toEqual(['apt']);
  const asked = fakeRemote(({ module }) =>
    toDict(module === 'setup' ? { ansible_facts: { ansible_pkg_mgr: 'dnf' } } : { changed: true }),
  );
  const run = runPackage(fakeCall('package', { args: { name: 'x', use: 'auto' } }), asked.remote);
  expect(run.isWhole).toBe(false);
  expect(plain(await run.reply)).toEqual({ changed: true });
  expect(asked.requests.map(({ module }) => module)).toEqual(['setup', 'dnf']);
});

test('service leaves out what systemd has no use for', async () => {
  const { remote, requests } = fakeRemote(() => toDict({ changed: false }));
  const call = fakeCall('service', { args: { name: 'x', use: 'systemd', pattern: 'p' } });
  expect(plain(await runService(call, remote).reply)).toEqual({
    changed: false,
    warnings: ['Ignoring "pattern" as it is not used in "systemd"'],
  });
  expect(requests[0]?.args.has('pattern')).toBe(false);
});
