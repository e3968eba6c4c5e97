/** Playbooks on this machine, through the command: what once went wrong between tasks, plays and modules. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CommandDeps } from '../../../cli/command-deps.ts';
import { createRun } from '../../../cli/run.ts';
import { runPlaybooks } from '../../../cli/run-playbooks.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sortie-plays-'));
  write('ansible.cfg', '');
  write('hosts', 'one ansible_connection=local\ntwo ansible_connection=local\n');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a host of an earlier play shows in hostvars what it ended with', async () => {
  const { out } = await play(`
- hosts: one
  tasks:
    - {ping: {data: late}, register: answer}
- hosts: two
  tasks:
    - debug: {var: hostvars.one.answer.ping}
`);
  expect(out).toContain('"hostvars.one.answer.ping": "late"');
});

test('a host that add_host adds is there for the next task, and for the next item', async () => {
  const { out } = await play(`
- hosts: one
  tasks:
    - add_host: {name: 'new:22', groups: [fresh], colour: red}
    - debug: {msg: '{{ hostvars.new.colour }} {{ hostvars.new.ansible_ssh_port }} {{ groups.fresh }}'}
    - add_host: {name: 'item{{ item }}'}
      loop: [1, 2, 2]
      register: added
    - debug: {msg: "{{ added.results | map(attribute='changed') }}"}
    - add_host: '{{ {"name": "other", "size": 3} }}'
    - debug: {msg: '{{ hostvars.other.size }}'}
`);
  expect(out).toContain(`"msg": "red 22 ['new']"`);
  expect(out).toMatch(/"msg": \[\s*true,\s*true,\s*false\s*\]/);
  expect(out).toContain('"msg": "3"');
});

test('hostvars of a host can be printed whole, and hold nothing of the play that asks', async () => {
  const { exitCode, out } = await play(`
- hosts: one
  tasks:
    - debug: {msg: "{{ hostvars.two | dict2items | map(attribute='key') | list }}"}
    - debug: {msg: "{{ 'play_hosts' in hostvars.two }} {{ 'inventory_hostname' in vars }}"}
`);
  expect(exitCode).toBe(0);
  expect(out).toContain('"inventory_hostname"');
  expect(out).toContain('"msg": "False True"');
});

test('hash_behaviour=merge merges the dicts of all layers', async () => {
  write('group_vars/all.yml', 'settings: {group: 1, both: group}\n');
  const text = `
- hosts: one
  vars: {settings: {play: 2, both: play}}
  tasks:
    - debug: {var: settings}
`;
  const merged = await play(text, { ANSIBLE_HASH_BEHAVIOUR: 'merge' });
  expect(merged.out).toMatch(/"both": "play",\s*"group": 1,\s*"play": 2/);
  const replaced = await play(text);
  expect(replaced.out).not.toContain('"group": 1');
});

test('gathering=smart gathers the facts of a host once', async () => {
  const text = `
- hosts: one
- hosts: one
- hosts: two
`;
  const { out } = await play(text, { ANSIBLE_GATHERING: 'smart' }, 'facts');
  expect(out.match(/Gathering Facts/g)).toHaveLength(2);
});

test('a role that only has modules gives them to the roles behind it', async () => {
  write('roles/modules/library/greet.sh', '#!/bin/sh\necho \'{"changed": false, "greeting": "hello"}\'\n');
  write('roles/user/tasks/main.yml', '- {greet: , register: answer}\n- debug: {var: answer.greeting}\n');
  const { out } = await play('[{hosts: one, roles: [modules, user]}]');
  expect(out).toContain('"answer.greeting": "hello"');
});

test('messages name a module as the task does', async () => {
  const { out } = await play(`
- hosts: one
  ignore_errors: true
  tasks:
    - ansible.builtin.ping: {colour: red}
    - ping: {colour: red}
    - shell: {cmd: 'true', colour: red}
`);
  expect(out).toContain('Unsupported parameters for (ansible.builtin.ping) module');
  expect(out).toContain('Unsupported parameters for (ping) module');
  expect(out).toContain('Unsupported parameters for (ansible.legacy.command) module');
});

test('a vaulted file that nobody can open is not copied', async () => {
  write('sealed', '$ANSIBLE_VAULT;1.1;AES256\n6162\n');
  const { exitCode, out } = await play(`
- hosts: one
  tasks:
    - copy: {src: sealed, dest: '{{ playbook_dir }}/copied'}
`);
  expect(exitCode).toBe(2);
  expect(out).toContain(`A vault password or secret must be specified to decrypt ${directory}/sealed`);
});

test('tasks on this machine start in the directory of the playbook', async () => {
  const { out } = await play(
    '[{hosts: one, tasks: [{command: pwd, register: place}, {debug: {var: place.stdout}}]}]',
  );
  expect(out).toContain(`"place.stdout": "${directory}"`);
});

test('stdout_callback=oneline prints a line for each result', async () => {
  const { out } = await play('[{hosts: one, tasks: [{ping: }]}]', { ANSIBLE_STDOUT_CALLBACK: 'oneline' });
  expect(out).toBe('one | SUCCESS => {"changed": false,"ping": "pong"}\n');
});

test('async tasks run in the background, and are waited for as poll says', async () => {
  const { exitCode, out } = await play(`
- hosts: one
  vars: {ansible_async_dir: '{{ playbook_dir }}/jobs'}
  tasks:
    - {shell: 'sleep 0.2; echo done; echo late >&2', async: 20, poll: 1, register: waited}
    - debug: {msg: '{{ waited.stdout_lines }} {{ waited.stderr }} {{ waited.finished }} {{ waited is changed }}'}
    - {command: sleep 0.2, async: 20, poll: 0, register: job}
    - debug: {msg: '{{ job.started }} {{ job.finished }} {{ job is changed }}'}
    - async_status: {jid: '{{ job.ansible_job_id }}'}
      register: status
      until: status is finished
      retries: 20
      delay: 1
    - {command: sleep 60, async: 1, poll: 1, ignore_errors: true}
    - {script: site.yml, async: 1, ignore_errors: true}
    - {command: 'true', async: 1, check_mode: true, ignore_errors: true}
`);
  expect(exitCode).toBe(0);
  expect(out).toContain(`"msg": "['done'] late 1 True"`);
  expect(out).toContain('"msg": "1 0 True"');
  expect(out).toMatch(/ASYNC OK on one: jid=j\d+\.\d+/);
  expect(out).toContain('async task did not complete within the requested time - 1s');
  expect(out).toContain('async is not supported for this task.');
  expect(out).toContain('check mode and async cannot be used on same task.');
});

test('a delegated task sees the variables of the host it goes to', async () => {
  const { out } = await play(`
- hosts: one
  tasks:
    - debug: {msg: '{{ ansible_delegated_vars.two.inventory_hostname }}'}
      delegate_to: two
    - debug: {msg: 'here {{ ansible_delegated_vars is defined }}'}
`);
  expect(out).toContain('"msg": "two"');
  expect(out).toContain('"msg": "here False"');
});

test('the config lookup reads the settings of plugins', async () => {
  const { out } = await play(
    `
- hosts: one
  tasks:
    - debug: {msg: '{{ lookup("config", "ssh_common_args", plugin_type="connection", plugin_name="ssh") }}'}
`,
    { ANSIBLE_SSH_COMMON_ARGS: '-o Compression=yes' },
  );
  expect(out).toContain('"msg": "-o Compression=yes"');
});

function write(name: string, content: string): void {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Runs a playbook, without facts unless they are what it is about. */
test('copy of content names an uploaded file as its source, and pause refuses an echo that is no boolean', async () => {
  const { out } = await play(`
- hosts: one
  tasks:
    - {copy: {content: x, dest: '{{ playbook_dir }}/copied'}, register: copied}
    - debug: {msg: 'source is {{ copied.src | basename }}'}
    - {pause: {echo: hello}, ignore_errors: true}
`);
  expect(out).toContain('source is source');
  expect(out).toContain("we were unable to convert to bool: The value 'hello' is not a valid boolean.");
});

test('a strategy that the play writes counts more than a configured one, with or without its collection', async () => {
  const text = `
- hosts: all
  STRATEGY
  tasks:
    - {wait_for: {timeout: 1}, when: inventory_hostname == 'one'}
    - debug: {msg: second}
`;
  const linear = await play(text.replace('STRATEGY', 'strategy: linear'), { ANSIBLE_STRATEGY: 'free' });
  expect(linear.out.match(/TASK/g)).toHaveLength(2);
  const free = await play(text.replace('STRATEGY', ''), { ANSIBLE_STRATEGY: 'ansible.builtin.free' });
  expect(free.out.match(/TASK/g)?.length).toBeGreaterThan(2);
});

test('a task knows the user it logs in as, whoever said so, and hostvars do not', async () => {
  const { out } = await play(`
- hosts: one
  remote_user: '{{ who }}'
  vars: {who: alice}
  tasks:
    - debug: {msg: '{{ ansible_user }} {{ ansible_ssh_user }} {{ ansible_host }} {{ hostvars.one.ansible_user is defined }}'}
    - debug: {msg: 'now {{ ansible_user }}'}
      remote_user: carol
    - debug: {msg: 'then {{ ansible_user }} {{ ansible_port is defined }}'}
      vars: {ansible_ssh_user: dave}
    - debug: {msg: 'itself {{ ansible_user | default("nobody") }}'}
      remote_user: '{{ ansible_user | default("eve") }}'
`);
  expect(out).toContain('"alice alice one False"');
  expect(out).toContain('"now carol"');
  expect(out).toContain('"then dave False"');
  expect(out).toContain('"itself eve"');
});

test('variables that cannot be read end the run of the first host that has them', async () => {
  const text = `
- hosts: one
  tasks:
    - debug: {msg: never shown}
`;
  write('group_vars/all.yml', 'a: [1\n');
  await expect(play(text)).rejects.toThrow('group_vars/all.yml');
  write('group_vars/all.yml', '$ANSIBLE_VAULT;1.1;AES256\n3132\n');
  await expect(play(text)).rejects.toThrow('Attempting to decrypt but no vault secrets found');
});

test('a vaulted file of variables that no password opens is no mistake in a file', async () => {
  write('roles/r/vars/main.yml', '$ANSIBLE_VAULT;1.1;AES256\n3132\n');
  const { exitCode } = await play('[{hosts: one, roles: [r]}]');
  expect(exitCode).toBe(1);
});

async function play(
  text: string,
  environment: Readonly<Record<string, string>> = {},
  about?: 'facts',
): Promise<{ exitCode: number; out: string }> {
  write('site.yml', text);
  let out = '';
  const deps: CommandDeps = {
    out: (more) => {
      out += more;
    },
    err: () => undefined,
    columns: 0,
    isTerminal: false,
    environment: { ...(about === 'facts' ? {} : { ANSIBLE_GATHERING: 'explicit' }), ...environment },
    homeDirectory: directory,
    workingDirectory: directory,
  };
  const exitCode = await createRun(runPlaybooks)(['-i', 'hosts', 'site.yml'], deps);
  return { exitCode, out };
}
