/** Variables as layers hold them and templates see them. */

import { expect, test } from 'vitest';
import type { Value } from '../../../shared/base/value.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { asTemplate, PyTuple } from '../../../shared/template/python/special.ts';
import { renderValue } from '../../../shared/template/render.ts';
import { createEnvironment, dictLayer, scopeAsHostvars } from '../../../shared/template/scope.ts';
import { makeEnvironment } from './recorded-cases.ts';

function environment(entries: Record<string, Value>): Environment {
  return createEnvironment([dictLayer(new Map(Object.entries(entries)))], makeEnvironment({}, {}, false));
}

test('tuples that a variable holds are read as lists', () => {
  const env = environment({ pairs: [new PyTuple([1, new PyTuple([2])])] });
  expect(renderValue(asTemplate('{{ pairs }}'), env)).toEqual([[1, [2]]]);
  expect(renderValue(asTemplate('{{ pairs == [[1, [2]]] }}'), env)).toBe(true);
});

test('in hostvars, what needs something undefined stays as it is written', () => {
  const env = environment({
    whole: asTemplate('{{ part }} and {{ missing }}'),
    part: 'p',
    list: [asTemplate('{{ part }}'), asTemplate('{{ missing }}')],
    fine: asTemplate('{{ part }}'),
  });
  const hostvars = scopeAsHostvars(env);
  expect(hostvars.get('whole')).toBe('{{ part }} and {{ missing }}');
  expect(hostvars.get('list')).toEqual(['p', '{{ missing }}']);
  expect(hostvars.get('fine')).toBe('p');
});
