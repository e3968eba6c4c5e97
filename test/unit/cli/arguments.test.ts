/** Command lines against what ansible-playbook makes of them (recorded by test/record/arguments.py). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRunArguments } from '../../../cli/arguments.ts';
import type { RunRequest } from '../../../shared/wire/run-request.ts';

type Recorded = {
  readonly argv: readonly string[];
  readonly ends?: boolean;
  readonly error?: string;
  readonly values?: Readonly<Record<string, unknown>>;
};

const CASES: readonly Recorded[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../cases/arguments/recorded.json'), 'utf8'),
);

/** `--strategy` is ours, so one more option begins like this. */
const OURS: Readonly<Record<string, string>> = {
  'ambiguous option: --st could match --step, --start-at-task':
    'ambiguous option: --st could match --step, --start-at-task, --strategy',
};

describe('understands what argparse understands', () => {
  for (const recorded of CASES) {
    test(`[${recorded.argv.join(' ')}]`, () => {
      const parsed = parseRunArguments(recorded.argv);
      if (parsed.kind === 'usage-error') {
        expect(parsed.message).toBe(OURS[recorded.error ?? ''] ?? recorded.error);
      } else if (parsed.kind === 'run') {
        expect(ansibleNames(parsed.request)).toEqual(recorded.values);
      } else expect(recorded.ends).toBe(true);
    });
  }
});

test('playbooks may stand between options, where argparse refuses the second one', () => {
  const parsed = parseRunArguments(['a.yml', '-v', 'b.yml']);
  expect(parsed.kind === 'run' && parsed.request.playbooks).toEqual(['a.yml', 'b.yml']);
});

test('inventories and extra variables stay as they are written, in order', () => {
  const parsed = parseRunArguments(['-i', 'a,b', '-ihosts', '-e', '@v.yml', '-ea=1', 'site.yml', '--json']);
  expect(parsed).toMatchObject({
    kind: 'run',
    isJson: true,
    request: { inventory: ['a,b', 'hosts'], extraVars: ['@v.yml', 'a=1'] },
  });
});

/** The request in the words of ansible-playbook's parser, without what was not given. */
function ansibleNames(request: RunRequest): Record<string, unknown> {
  const { become, connection, listing, vault } = request;
  const values: Record<string, unknown> = {
    args: request.playbooks,
    verbosity: request.verbosity,
    check: request.isCheckMode,
    diff: request.isDiff,
    forks: request.forks,
    subset: request.limit,
    step: request.isStep,
    start_at_task: request.startAtTask,
    flush_cache: request.flushCache,
    force_handlers: request.forceHandlers,
    tags: request.tags,
    skip_tags: request.skipTags,
    module_path: request.modulePaths,
    listhosts: listing.hosts,
    listtasks: listing.tasks,
    listtags: listing.tags,
    syntax: listing.syntaxCheck,
    become: become.enabled,
    become_method: become.method,
    become_user: become.user,
    become_ask_pass: become.askPassword,
    become_password_file: become.passwordFile,
    connection: connection.kind,
    remote_user: connection.user,
    private_key_file: connection.privateKeyFile,
    timeout: connection.timeoutSeconds,
    ssh_common_args: connection.sshCommonArgs,
    ssh_extra_args: connection.sshExtraArgs,
    scp_extra_args: connection.scpExtraArgs,
    sftp_extra_args: connection.sftpExtraArgs,
    ask_pass: connection.askPassword,
    connection_password_file: connection.passwordFile,
    vault_ids: vault.ids,
    vault_password_files: vault.passwordFiles,
    ask_vault_pass: vault.askPassword,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isGiven(value)));
}

function isGiven(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== false && value !== 0;
}
