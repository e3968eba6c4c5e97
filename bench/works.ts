/** What is measured: playbooks, and the shell script that does the same where there is one. */

export type Work = {
  readonly name: string;
  readonly hosts: number;
  /** One way, through the relay. */
  readonly delayMs: number;
  readonly playbook: string;
  /** For plain `ssh host sh`. */
  readonly script: string | undefined;
};

const COUNT = 100;
const TARGET = '/tmp/bench';

function play(tasks: string, { facts = false } = {}): string {
  return `- hosts: all\n  gather_facts: ${facts}\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;
}

const numbers = Array.from({ length: COUNT }, (_, index) => index);
const commands = play(numbers.map((index) => `- name: Command ${index}\n  command: /bin/true\n`).join(''));
const loop = play(`- name: Loop\n  command: /bin/true\n  loop: "{{ range(${COUNT}) | list }}"\n`);
const copies = play(
  `- file: { path: ${TARGET}, state: directory }\n${numbers
    .map(
      (index) =>
        `- name: Copy ${index}\n  copy: { content: "file ${index}\\n", dest: ${TARGET}/f${index} }\n`,
    )
    .join('')}`,
);
const commandScript = `${numbers.map(() => '/bin/true').join('\n')}\n`;

const mixed = play(`- file: { path: ${TARGET}/etc, state: directory, mode: "0755" }
- command: uname -r
  register: kernel
  changed_when: false
- set_fact: { release: "{{ kernel.stdout }}" }
- copy: { content: "kernel {{ release }}\\n", dest: ${TARGET}/etc/kernel }
- stat: { path: ${TARGET}/etc/kernel }
  register: found
- assert: { that: found.stat.exists }
- copy: { content: "a=1\\nb=2\\n", dest: ${TARGET}/etc/settings, force: false }
- lineinfile: { path: ${TARGET}/etc/settings, regexp: '^a=', line: a=3 }
- lineinfile: { path: ${TARGET}/etc/settings, line: c=4 }
- replace: { path: ${TARGET}/etc/settings, regexp: '^b=.*', replace: b=5 }
- blockinfile: { path: ${TARGET}/etc/hosts, create: true, block: "10.0.0.1 one\\n10.0.0.2 two" }
- shell: echo started > ${TARGET}/started
  args: { creates: ${TARGET}/started }
- file: { src: etc/settings, dest: ${TARGET}/current, state: link }
- find: { paths: ${TARGET}/etc }
  register: files
- debug: { msg: "{{ files.matched }} files" }
- command: cat ${TARGET}/etc/settings
  register: settings
  changed_when: false
- assert: { that: "'a=3' in settings.stdout_lines" }
- slurp: { src: ${TARGET}/etc/kernel }
  register: slurped
- debug: { msg: "{{ slurped.content | b64decode }}" }
- file: { path: ${TARGET}/started, mode: "0600" }
`);

export const works: readonly Work[] = [
  { name: '100 commands', hosts: 1, delayMs: 0, playbook: commands, script: commandScript },
  { name: '100 commands, 100 ms link', hosts: 1, delayMs: 50, playbook: commands, script: commandScript },
  { name: 'loop of 100 commands', hosts: 1, delayMs: 0, playbook: loop, script: commandScript },
  { name: '100 small copies', hosts: 1, delayMs: 0, playbook: copies, script: undefined },
  { name: '20 mixed tasks', hosts: 1, delayMs: 0, playbook: mixed, script: undefined },
  { name: '20 mixed tasks, 10 hosts', hosts: 10, delayMs: 0, playbook: mixed, script: undefined },
  {
    name: 'facts, 10 hosts',
    hosts: 10,
    delayMs: 0,
    playbook: play('- ping:\n', { facts: true }),
    script: undefined,
  },
];
