/** Files that include_role names lie inside of the role. */

import { expect, test } from 'vitest';
import { flatTasks } from '../../../functions/host/execute/next-place.ts';
import { fakeContext } from './fake-context.ts';

test('include_role runs no file that lies outside of the role', () => {
  const context = fakeContext({
    '/play/site.yml': '- hosts: all\n  tasks: [{include_role: {name: r}}]\n',
    '/play/other.yml': '- debug: msg=other\n',
    '/play/roles/r/tasks/main.yml': '- debug: msg=main\n',
  });
  const include = flatTasks(context.nodes).find(({ action }) => action === 'include_role');
  if (include === undefined) throw new Error('the play has lost its include');
  const { diagnostics } = context.include.role({ name: 'r', tasksFrom: '/play/other.yml' }, include);
  expect(diagnostics).toMatchObject([
    { message: expect.stringContaining("as it is not inside the expected role path: '/play/roles/r/tasks'") },
  ]);
});
