/** Where modules are found, what kind they are, and what is packed along with them. */

import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { chooseModule } from '../../../shared/modules/choose-module.ts';
import { moduleKind } from '../../../shared/modules/module-kind.ts';
import type { ModuleSearch } from '../../../shared/modules/module-search.ts';
import { openModules } from '../../../shared/modules/open-modules.ts';
import { memoryDisk } from './memory-disk.ts';

const PYTHON = 'from ansible.module_utils.basic import AnsibleModule\n';

const search: ModuleSearch = {
  libraries: ['/role/library', '/play/library'],
  moduleUtils: ['/role/module_utils'],
  collectionsPaths: ['/collections', '/more'],
  collections: [],
  coreDirectory: '/core',
};

const disk = memoryDisk({
  '/core/modules/user.py': PYTHON,
  '/core/modules/copy.py': PYTHON,
  '/core/modules/file.py': PYTHON,
  '/core/modules/relative.py': 'from ..module_utils.one import f\nfrom ..module_utils.pkg import part\n',
  '/core/module_utils/basic.py':
    'from ansible.module_utils.common.text import x\nimport ansible.module_utils.six.moves.urllib\n',
  '/core/module_utils/ansible_release.py': "__version__ = '2.14'\n",
  '/core/module_utils/common/__init__.py': '',
  '/core/module_utils/common/text.py': 'x = 1\n',
  '/core/module_utils/six/__init__.py': '',
  '/core/module_utils/one.py': 'from .two import g\n',
  '/core/module_utils/two.py': '',
  '/core/module_utils/pkg/__init__.py': 'from .inner import h\n',
  '/core/module_utils/pkg/part.py': '',
  '/core/module_utils/pkg/inner.py': '',
  '/core/config/ansible_builtin_runtime.yml': [
    'plugin_routing:',
    '  modules:',
    '    moved: {redirect: ns.coll.here}',
    '    twice: {redirect: ns.coll.again}',
    '    gone: {tombstone: {warning_text: Use another.}}',
    '    circle: {redirect: ansible.builtin.circle}',
    '  module_utils:',
    '    old_place: {redirect: ns.coll.helper}',
  ].join('\n'),
  '/role/library/file.py': PYTHON,
  '/role/library/moves.py': 'from ansible.module_utils.old_place import z\n',
  '/role/library/own.py': 'from ansible.module_utils.mine import y\n',
  '/role/module_utils/mine.py': 'y = 2\n',
  '/play/library/folder/deep.py': PYTHON,
  '/play/library/_old.py': PYTHON,
  '/play/library/shelly.sh': '#!/bin/sh\n# WANT_JSON\n',
  '/play/library/shelly.md': 'text',
  '/play/library/win.ps1': '#Requires -Module Ansible.ModuleUtils.Legacy\n',
  '/more/ansible_collections/ns/coll/plugins/modules/here.py': 'from ..module_utils.helper import z\n',
  '/more/ansible_collections/ns/coll/plugins/modules/sub/below.py': PYTHON,
  '/more/ansible_collections/ns/coll/plugins/module_utils/helper.py': 'z = 3\n',
  '/more/ansible_collections/ns/coll/meta/runtime.yml':
    'plugin_routing: {modules: {again: {redirect: ns.coll.here}}}\n',
});

describe('finding', () => {
  const modules = openModules(disk);
  test.each([
    ['user', 'user', '/core/modules/user.py'],
    ['ansible.builtin.user', 'user', '/core/modules/user.py'],
    ['file', 'file', '/role/library/file.py'],
    ['ansible.builtin.file', 'file', '/core/modules/file.py'],
    ['ansible.legacy.file', 'file', '/role/library/file.py'],
    ['ansible.legacy.user', 'user', '/core/modules/user.py'],
    ['deep', 'deep', '/play/library/folder/deep.py'],
    ['old', 'old', '/play/library/_old.py'],
    ['shelly', 'shelly', '/play/library/shelly.sh'],
    ['ns.coll.here', 'ns.coll.here', '/more/ansible_collections/ns/coll/plugins/modules/here.py'],
    [
      'ns.coll.sub.below',
      'ns.coll.sub.below',
      '/more/ansible_collections/ns/coll/plugins/modules/sub/below.py',
    ],
    ['moved', 'ns.coll.here', '/more/ansible_collections/ns/coll/plugins/modules/here.py'],
    ['twice', 'ns.coll.here', '/more/ansible_collections/ns/coll/plugins/modules/here.py'],
  ])('%s is %s at %s', (asked, name, path) => {
    expect(modules.find(asked, search)).toMatchObject({ kind: 'found', module: { name, path } });
  });

  test.each(['nonsense', 'ns.coll.nonsense', 'no.such.collection', 'circle', 'win', 'ns.coll'])(
    '%s is missing',
    (name) => {
      expect(modules.find(name, search)).toEqual({ kind: 'missing' });
    },
  );

  test('a removed module says what to use', () => {
    expect(modules.find('gone', search)).toEqual({ kind: 'removed', message: 'Use another.' });
  });

  test('collections of the play come before ansible.builtin', () => {
    const found = modules.find('here', { ...search, collections: ['ns.coll'] });
    expect(found).toMatchObject({ kind: 'found', module: { name: 'ns.coll.here' } });
  });
});

test.each([
  [PYTHON, 'python'],
  ['from ..module_utils.x import y\n', 'python'],
  ['import ansible.module_utils.x\n', 'python'],
  ['from ansible_collections.a.b.plugins.module_utils.c import d\n', 'python'],
  ['#<<INCLUDE_ANSIBLE_MODULE_COMMON>>\n', 'python'],
  ['#!/bin/sh\n# WANT_JSON\n', 'want-json'],
  ['#!/bin/sh\n<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\n', 'json-args'],
  ['#!/bin/sh\necho\n', 'old-style'],
  ['\x7fELF\x02', 'binary'],
  ['#Requires -Module Ansible.ModuleUtils.Legacy\n', undefined],
])('%j is %s', (source, kind) => {
  expect(moduleKind(Buffer.from(source, 'latin1'))).toBe(kind);
});

describe('bundling', () => {
  const modules = openModules(disk);
  const BASE = [
    'ansible.__init__',
    'ansible.module_utils.ansible_release',
    'ansible.module_utils.basic',
    'ansible.module_utils.common.__init__',
    'ansible.module_utils.common.text',
    'ansible.module_utils.six.__init__',
  ];

  function contents(name: string): readonly (readonly string[])[] {
    const found = modules.find(name, search);
    if (found.kind !== 'found') throw new Error(`${name} is ${found.kind}`);
    return modules
      .bundle(found.module, search)
      .map(({ blob }) => Object.keys(JSON.parse(inflateSync(blob).toString())).sort());
  }

  test.each([
    ['user', []],
    ['own', ['ansible.module_utils.mine']],
    [
      'relative',
      [
        'ansible.module_utils.one',
        'ansible.module_utils.pkg.__init__',
        'ansible.module_utils.pkg.inner',
        'ansible.module_utils.pkg.part',
        'ansible.module_utils.two',
      ],
    ],
    ['ns.coll.here', ['ansible_collections.ns.coll.plugins.module_utils.helper']],
    ['moves', ['ansible.module_utils.old_place', 'ansible_collections.ns.coll.plugins.module_utils.helper']],
  ])('%s brings %j', (name, own) => {
    expect(contents(name)).toEqual([BASE, ['__main__', '__name__', '__shared__', ...own]]);
  });

  test('what is no Python travels alone', () => {
    expect(contents('shelly')).toEqual([['__main__']]);
  });

  test('modules share one bundle of what all need', () => {
    const names = ['user', 'own'].map((name) => {
      const found = modules.find(name, search);
      return found.kind === 'found' ? modules.bundle(found.module, search)[0]?.name : undefined;
    });
    expect(names[0]).toMatch(/^@[0-9a-f]{16}$/);
    expect(names[1]).toBe(names[0]);
  });
});

describe('choosing', () => {
  const modules = openModules(disk);
  const isNative = (name: string): boolean => ['copy', 'file', 'ping', 'user'].includes(name);
  const chosen = (name: string, prefersAnsible: boolean): string => {
    const choice = chooseModule(name, search, { modules, isNative, prefersAnsible });
    return choice.kind === 'found' ? choice.name.replace(/@.*/, '@') : choice.kind;
  };

  test.each([
    ['user', false, 'user'],
    ['user', true, 'user@'],
    ['ansible.builtin.user', false, 'user'],
    ['ping', true, 'ping'],
    ['copy', true, 'copy'],
    ['file', false, 'file@'],
    ['ansible.legacy.file', false, 'file@'],
    ['ansible.builtin.file', false, 'file'],
    ['moved', false, 'ns.coll.here@'],
    ['nonsense', false, 'missing'],
    ['gone', false, 'removed'],
  ])('%s, Ansible preferred: %s, is %s', (name, prefersAnsible, expected) => {
    expect(chosen(name, prefersAnsible)).toBe(expected);
  });
});
