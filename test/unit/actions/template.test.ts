import { expect, test } from 'vitest';
import type { ActionCall } from '../../../functions/host/actions/action.ts';
import { prepareAction } from '../../../functions/host/actions/registry.ts';
import { runTemplate } from '../../../functions/host/actions/template.ts';
import { readContent } from '../../../functions/host/session/content.ts';
import { Suspension } from '../../../shared/template/template-error.ts';
import { type FakeCall, fakeCall, fakeRemote, plainValue, toDict } from './fake-call.ts';

const FILES = {
  '/project/templates/t.j2': '{{ ansible_managed }} {{ template_path }} {{ template_host }} {{ header }}\n',
  '/project/templates/m.j2': '[% if true %]\n[[ x ]]\n[% endif %]\n',
};

async function textOf(call: ActionCall): Promise<string> {
  const { remote, requests } = fakeRemote(() => toDict({ changed: true }));
  await runTemplate(call, remote).reply;
  const content = requests[0]?.extras.content;
  return content === undefined ? '' : Buffer.from(await readContent(content)).toString();
}

function callOf(args: FakeCall['args']): ActionCall {
  return fakeCall('template', {
    args,
    files: FILES,
    vars: { x: 'one', header: '# {{ template_destpath }}' },
  });
}

test('a template sees variables about its file, and so do variables that it uses', async () => {
  const text = await textOf(callOf({ src: 't.j2', dest: '/d' }));
  expect(text).toBe('Ansible managed t.j2 here # /d\n');
});

test('the markers and line ends are those of the task', async () => {
  const markers = {
    block_start_string: '[%',
    block_end_string: '%]',
    variable_start_string: '[[',
    variable_end_string: ']]',
  };
  const text = await textOf(callOf({ src: 'm.j2', dest: '/d', newline_sequence: '\\r\\n', ...markers }));
  expect(text).toBe('one\r\n');
});

test('options of rendering are not sent', async () => {
  const { remote, requests } = fakeRemote(() => toDict({ changed: true }));
  await runTemplate(callOf({ src: 't.j2', dest: '/d', trim_blocks: false, mode: 'preserve' }), remote).reply;
  expect(plainValue(requests[0]?.args ?? null)).toMatchObject({
    src: '/project/templates/t.j2',
    dest: '/d',
    mode: '0640',
    _original_basename: 't.j2',
  });
  expect(requests[0]?.args.has('trim_blocks')).toBe(false);
});

test.each([
  [{ src: 't.j2' }, 'src and dest are required'],
  [{ src: 't.j2', dest: '/d', state: 'absent' }, "'state' cannot be specified on a template"],
  [{ src: 't.j2', dest: '/d', newline_sequence: 'x' }, 'newline_sequence needs to be one of: \n, \r or \r\n'],
])('%o is refused', (args, message) => {
  expect(() => runTemplate(callOf(args), fakeRemote(() => new Map()).remote)).toThrow(message);
});

test('a value that is not there yet suspends before anything is sent', () => {
  const call = callOf({ src: 't.j2', dest: '/d' });
  const waiting = new Suspension(Promise.resolve(), 'register result');
  const scope = {
    ...call.env.scope,
    raw: (name: string) => {
      if (name === 'header') throw waiting;
      return undefined;
    },
  };
  expect(() => prepareAction({ ...call, env: { ...call.env, scope } })).toThrow(waiting);
});

test('another error while preparing is told when the action runs', () => {
  const call = fakeCall('template', { args: { src: 'nix.j2', dest: '/d' } });
  prepareAction(call);
  expect(() => runTemplate(call, fakeRemote(() => new Map()).remote)).toThrow(
    "Could not find or access 'nix.j2'",
  );
});
