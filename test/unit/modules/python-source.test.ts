/** What Python source imports, and what is left of it when comments and docstrings go. */

import { expect, test } from 'vitest';
import { stripPython } from '../../../scripts/strip-python.ts';
import { pythonImports } from '../../../shared/modules/python-source.ts';

const IMPORTS: readonly (readonly [source: string, names: readonly string[]])[] = [
  ['import a', ['a']],
  ['import a.b as c, d', ['a.b', 'd']],
  ['from a.b import c', ['a.b:c']],
  ['from a import (b,  # why\n  c as d,\n)', ['a:b', 'a:c']],
  ['from a import b, \\\n  c', ['a:b', 'a:c']],
  ['from a import *', ['a:*']],
  ['from . import a', ['.:a']],
  ['from ..a.b import c', ['..a.b:c']],
  ['try:\n    import a\nexcept ImportError:\n    import b', ['a', 'b']],
  ['if x: import a; import b', ['a', 'b']],
  ['def f():\n    from a import b', ['a:b']],
  ['"""\nimport a\n"""\n# import b\nx = "import c"', []],
  ["x = '''\nfrom a import b\n'''\nimport c", ['c']],
  ['x = {\n "import": 1}\nimport a', ['a']],
  ['importlib.import_module("a")', []],
];

test.each(IMPORTS)('%j imports %j', (source, names) => {
  const found = pythonImports(source).map(
    ({ level, module, name }) => `${'.'.repeat(level)}${module}${name === undefined ? '' : `:${name}`}`,
  );
  expect(found).toEqual(names);
});

const STRIPPED: readonly (readonly [source: string, stripped: string])[] = [
  ['"""Doc."""\nx = 1  # why\n', '0\nx = 1\n'],
  ['def f():\n    """Two\n    lines."""\n    return "#"\n', 'def f():\n 0\n\n return "#"\n'],
  ['class C:\n    """Only this."""\n', 'class C:\n 0\n'],
  ['x = """not\n    a docstring"""\n', 'x = """not\n    a docstring"""\n'],
  ['f(\n    "an argument"\n)\n', 'f(\n "an argument"\n)\n'],
  ["x = 'it''s # no comment'\n", "x = 'it''s # no comment'\n"],
  ['if x:\n\n    # why\n    y()\n', 'if x:\n\n\n y()\n'],
];

test.each(STRIPPED)('%j is stripped to %j', (source, stripped) => {
  expect(stripPython(source)).toBe(stripped);
  expect(stripped.split('\n').length).toBe(source.split('\n').length);
});
