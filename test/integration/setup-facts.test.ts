/** The agent's setup finds the facts that Ansible's finds: on recorded hosts of a few files, and on this machine. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const CASES = join(import.meta.dirname, '../cases/facts');
const FILES_DRIVER = join(import.meta.dirname, 'facts_driver.py');
const SETUP_DRIVER = join(import.meta.dirname, 'setup_driver.py');
const SYSTEM_PYTHON = '/usr/bin/python3';
/** Interpreters to check with, separated by colons; the system's without it. */
const PYTHONS = (process.env.SORTIE_TEST_PYTHONS ?? SYSTEM_PYTHON).split(':');
const ANSIBLE = '/usr/bin/ansible';
const IS_ROOT = process.getuid?.() === 0;

type Facts = Readonly<Record<string, unknown>>;
type Difference = { readonly fact: string; readonly reason: string };

function parseObject(text: string): Facts {
  return JSON.parse(text.slice(text.indexOf('{'))) as Facts;
}

function parseDifferences(text: string): readonly Difference[] {
  return parse(text) as readonly Difference[];
}

function parseNames(text: string): readonly { readonly name: string }[] {
  return parse(text) as readonly { readonly name: string }[];
}

function factsOf(result: Facts): Facts {
  return result.ansible_facts as Facts;
}

for (const python of PYTHONS) {
  for (const file of readdirSync(CASES).filter((name) => name.endsWith('.expected.json'))) {
    const expected = parseObject(readFileSync(join(CASES, file), 'utf8'));
    const cases = parseNames(readFileSync(join(CASES, file.replace('.expected.json', '.yml')), 'utf8'));
    describe(`${file.replace('.expected.json', '')} with ${python}`, () => {
      const input = JSON.stringify(cases);
      const found = parseObject(execFileSync(python, [FILES_DRIVER], { input, encoding: 'utf8' }));
      test.each(cases.map((item) => item.name))('%s', (name) => {
        expect(found[name]).toEqual(expected[name]);
      });
    });
  }
}

/** What changes between two looks at the same host, or has no order. */
const VOLATILE =
  /^ansible_(date_time|uptime_seconds|loadavg|memfree_mb|memory_mb|swapfree_mb|mounts|interfaces|virtualization_tech_(guest|host))$/;
/** What the two programs that ask have of their own. */
const OWN_ENVIRONMENT = new Set(['_', 'SHLVL', 'PWD', 'OLDPWD', 'SUDO_COMMAND']);
const OWN_SIZES = new Set([
  'block_available',
  'block_used',
  'inode_available',
  'inode_used',
  'size_available',
]);

/** Facts with what may differ between two looks taken out or put in order. */
function steady(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      if (name === 'ansible_env') return [name, without(value as Facts, OWN_ENVIRONMENT)];
      if (name === 'ansible_mounts')
        return [name, (value as Facts[]).map((mount) => without(mount, OWN_SIZES))];
      return [name, VOLATILE.test(name) ? shape(value) : value];
    }),
  );
}

function without(facts: Facts, names: ReadonlySet<string>): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => !names.has(name)));
}

/** The kinds of the values; of lists of words, which have no order, the words. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(String).sort();
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]));
}

type Who = { readonly name: string; readonly prefix: readonly string[] };
const USERS: readonly Who[] = [
  { name: IS_ROOT ? 'root' : 'the user', prefix: [] },
  ...(IS_ROOT ? [{ name: 'nobody', prefix: ['sudo', '-H', '-u', 'nobody'] }] : []),
];
const ARGUMENTS: readonly (readonly [string, Facts])[] = [
  ['everything', {}],
  ['min only', { gather_subset: ['!all'] }],
  ['nothing but names', { gather_subset: ['!all', '!min', 'network', 'virtual'] }],
  ['without some', { gather_subset: ['!hardware', '!facter', '!env', '!nonsense'] }],
  ['one by its fact', { gather_subset: ['!all', '!min', 'default_ipv4'] }],
  ['filtered', { filter: ['distribution*', 'ansible_*_mb', 'module_setup'] }],
  ['filtered by all', { filter: '*' }],
  ['filtered by nothing', { filter: [''] }],
  ['an unknown subset', { gather_subset: ['network', 'nonsense'] }],
  ['check mode', { gather_subset: '!all,!min,user', gather_timeout: '5', _ansible_check_mode: true }],
];

function run(who: Who, home: string, command: readonly string[]): string {
  const environment = [
    `HOME=${home}`,
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    'LANG=C.UTF-8',
    `ANSIBLE_LOCAL_TEMP=${home}/local`,
    `ANSIBLE_REMOTE_TEMP=${home}/remote`,
  ];
  const argv = [...who.prefix, '/usr/bin/env', '-i', ...environment, ...command];
  try {
    return execFileSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', cwd: '/', stdio: 'pipe' });
  } catch (error) {
    // A failing module ends `ansible` with an exit code; its result is printed all the same.
    return String((error as { stdout: unknown }).stdout);
  }
}

const differences = parseDifferences(readFileSync(join(CASES, 'differences.yaml'), 'utf8'));

test('every difference from Ansible has a reason', () => {
  for (const { fact, reason } of differences) expect(`${fact}: ${reason}`).toMatch(/^\w.*: \S.{20}/s);
});

describe.skipIf(!existsSync(ANSIBLE))('beside Ansible (skipped where it is not installed)', () => {
  for (const [number, who] of USERS.entries()) {
    // What another user may not see does not depend on the arguments.
    test.each(ARGUMENTS.slice(0, number === 0 ? undefined : 1))(`as ${who.name}: %s`, (_, args) => {
      const home = mkdtempSync(join(tmpdir(), 'facts.'));
      try {
        execFileSync('chmod', ['0777', home]);
        const { _ansible_check_mode: check, ...options } = args;
        const text = Object.keys(options).length > 0 ? ['-a', JSON.stringify(options)] : [];
        const words = ['-m', 'setup', ...text, ...(check === true ? ['--check'] : [])];
        const theirs = parseObject(run(who, home, [SYSTEM_PYTHON, ANSIBLE, 'localhost', ...words]));
        const ours = parseObject(run(who, home, [SYSTEM_PYTHON, SETUP_DRIVER, JSON.stringify(args)]));
        expect(ours.msg).toEqual(theirs.msg);
        expect(ours.failed).toEqual(theirs.msg === undefined ? undefined : true);
        expect(ours.changed).toEqual(theirs.changed);
        if (theirs.msg === undefined) expect(steady(factsOf(ours))).toEqual(steady(factsOf(theirs)));
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    });
  }
});
