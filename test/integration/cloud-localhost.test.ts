/** Tasks on localhost in the cloud, as it is deployed: without Python, and with nothing of the function's own environment. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../shared/base/limits.ts';
import { type DeployedCloud, deployLocally, type ShownRun } from '../cloud/deployed-cloud.ts';

/** Because functions start and stop in processes of their own, on a machine that may be busy. */
const TEST_MS = 120_000;
/** Longer than a function waits for what it may leave alone. */
const LATE_MS = limits.patienceMs + 3_000;

const FILES = {
  'ansible.cfg': '[defaults]\n',
  'template.j2': 'Hello {{ ansible_user_id | length > 0 }} {{ ansible_env.HOME }}\n',
  'site.yml': `
- hosts: localhost
  tasks:
    - copy: {content: "one", dest: "/tmp/{{ mark }}/a"}
      register: unmade
      ignore_errors: true
    - file: {path: "/tmp/{{ mark }}", state: directory}
    - template: {src: template.j2, dest: "/tmp/{{ mark }}/a"}
    - slurp: {src: "/tmp/{{ mark }}/a"}
      register: read
    - command: env
      register: seen
    - shell: echo {{ item }} >> /tmp/{{ mark }}/lines
      loop: [1, 2, 3]
    - raw: cat /tmp/{{ mark }}/lines; env
      register: raw
    - debug: {msg: "{{ read.content | b64decode }}{{ raw.stdout_lines[:3] }}"}
    - debug: {msg: "environment: {{ (seen.stdout_lines + raw.stdout_lines[3:]) | map('regex_replace', '=.*', '') | unique | sort | join(' ') }}"}
    - lineinfile: {path: "/tmp/{{ mark }}/a", line: x}
      ignore_errors: true
    - command: id
      become: true
      become_user: nobody
      ignore_errors: true
    - file: {path: "/tmp/{{ mark }}", state: absent}
`,
  'late.yml': `
- hosts: localhost
  gather_facts: false
  tasks:
    - wait_for: {port: "{{ port }}", timeout: 60}
      register: waited
    - assert: {that: waited.elapsed >= 10}
    - shell: sleep ${LATE_MS / 1000}; echo slept
      register: slept
    - debug: {msg: "{{ slept.stdout }}"}
`,
};

describe('localhost in the cloud', () => {
  let directory: string;
  let deployed: DeployedCloud;
  let server: Server | undefined;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'sortie-cloud-localhost-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(directory, name), text);
    deployed = await deployLocally({ secrets: {} });
  }, TEST_MS);
  afterAll(async () => {
    server?.close();
    await deployed?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const run = async (...words: readonly string[]): Promise<ShownRun & { readonly exitCode: number }> => {
    const runId = await deployed.start(await deployed.push(directory), words);
    const exitCode = await deployed.ended(runId);
    return { ...(await deployed.show(runId)), exitCode };
  };

  test(
    'what needs no Python runs, the rest says what to do, and nobody sees what is the function’s own',
    async () => {
      const { exitCode, stdout } = await run('site.yml', '-e', `mark=${path.basename(directory)}-files`);
      expect(stdout).toContain('Hello True /');
      expect(stdout).toContain("['1', '2', '3']");
      expect(/environment: (.*)"/.exec(stdout)?.[1]?.split(' ')).toEqual(
        expect.arrayContaining(['HOME', 'LANG', 'PATH']),
      );
      expect(stdout).not.toMatch(/environment: .*(AWS|SORTIE_T|SORTIE_P|LAMBDA)/);
      expect(stdout).toContain('this task needs one there (lineinfile)');
      expect(stdout).toContain('cannot become another user on its own machine');
      expect(stdout).toMatch(/failed=0 .*ignored=3/);
      expect(exitCode).toBe(0);
    },
    TEST_MS,
  );

  test(
    'a wait goes on where the last function has left it, and a command is not left',
    async () => {
      const opened = createServer((socket) => socket.end());
      server = opened;
      const port = await new Promise<number>((resolve) => {
        const probe = createServer().listen(0, '127.0.0.1', () => {
          const address = probe.address();
          probe.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
        });
      });
      setTimeout(() => opened.listen(port, '127.0.0.1'), LATE_MS);
      const { exitCode, stdout } = await run('late.yml', '-e', `port=${port}`);
      expect(stdout).toContain('"msg": "slept"');
      expect(exitCode).toBe(0);
    },
    TEST_MS,
  );
});
