/** The options of `sortie run`: those of ansible-playbook with the same spelling, and a few of our own. */

import type { OptionSpec } from './option-parser.ts';

const CONNECTION = 'Connection Options';
const BECOME = 'Privilege Escalation Options';
const CLOUD = 'Cloud Options';

/** Those that say where a run takes place. */
const onOption: OptionSpec = {
  key: 'on',
  flags: ['--on'],
  value: 'PLACE',
  group: CLOUD,
  help: 'local: this machine (the default); aws: the functions that `sortie deploy` has deployed',
};

/** Those that only count with `--on aws`. */
export const CLOUD_OPTIONS: readonly OptionSpec[] = [
  {
    key: 'project',
    flags: ['--project'],
    value: 'PROJECT',
    group: CLOUD,
    help: 'name or hash of a pushed project (default: push this directory first)',
  },
  {
    key: 'detach',
    flags: ['--detach'],
    group: CLOUD,
    help: 'start the run and do not wait for it; `sortie show --follow` shows it',
  },
  {
    key: 'allowKeys',
    flags: ['--allow-keys'],
    group: CLOUD,
    help: 'push private keys and password files as well',
  },
];

export const runOptions: readonly OptionSpec[] = [
  { key: 'help', flags: ['-h', '--help'], isFinal: true, help: 'show this help message and exit' },
  { key: 'version', flags: ['--version'], isFinal: true, help: 'show the version and exit' },
  {
    key: 'verbosity',
    flags: ['-v', '--verbose'],
    help: 'print more; repeat for results (-v), task paths (-vv), invocations (-vvv), connections (-vvvv)',
  },
  {
    key: 'privateKeyFile',
    flags: ['--private-key', '--key-file'],
    value: 'PRIVATE_KEY_FILE',
    group: CONNECTION,
    help: 'authenticate with this key file',
  },
  {
    key: 'remoteUser',
    flags: ['-u', '--user'],
    value: 'REMOTE_USER',
    group: CONNECTION,
    help: 'connect as this user',
  },
  {
    key: 'connection',
    flags: ['-c', '--connection'],
    value: 'CONNECTION',
    group: CONNECTION,
    help: 'connection type: ssh, local or smart (default: smart)',
  },
  {
    key: 'timeout',
    flags: ['-T', '--timeout'],
    value: 'TIMEOUT',
    isInt: true,
    group: CONNECTION,
    help: 'seconds to wait for a connection (default: 10)',
  },
  {
    key: 'sshCommonArgs',
    flags: ['--ssh-common-args'],
    value: 'SSH_COMMON_ARGS',
    group: CONNECTION,
    help: 'ssh options for every connection (e.g. ProxyJump)',
  },
  {
    key: 'sftpExtraArgs',
    flags: ['--sftp-extra-args'],
    value: 'SFTP_EXTRA_ARGS',
    group: CONNECTION,
    help: 'accepted for compatibility: files travel in the session itself',
  },
  {
    key: 'scpExtraArgs',
    flags: ['--scp-extra-args'],
    value: 'SCP_EXTRA_ARGS',
    group: CONNECTION,
    help: 'accepted for compatibility: files travel in the session itself',
  },
  {
    key: 'sshExtraArgs',
    flags: ['--ssh-extra-args'],
    value: 'SSH_EXTRA_ARGS',
    group: CONNECTION,
    help: 'more ssh options, behind the common ones',
  },
  {
    key: 'askPass',
    flags: ['-k', '--ask-pass'],
    exclusive: 'connection password',
    help: 'ask for the connection password',
  },
  {
    key: 'connectionPasswordFile',
    flags: ['--connection-password-file', '--conn-pass-file'],
    value: 'CONNECTION_PASSWORD_FILE',
    exclusive: 'connection password',
    help: 'file or script that gives the connection password',
  },
  { key: 'forceHandlers', flags: ['--force-handlers'], help: 'run handlers even if a task fails' },
  { key: 'flushCache', flags: ['--flush-cache'], help: 'forget the cached facts of every host' },
  {
    key: 'become',
    flags: ['-b', '--become'],
    group: BECOME,
    help: 'run tasks as another user (does not ask for a password)',
  },
  {
    key: 'becomeMethod',
    flags: ['--become-method'],
    value: 'BECOME_METHOD',
    group: BECOME,
    help: 'how to become that user (default: sudo)',
  },
  {
    key: 'becomeUser',
    flags: ['--become-user'],
    value: 'BECOME_USER',
    group: BECOME,
    help: 'the user to become (default: root)',
  },
  {
    key: 'askBecomePass',
    flags: ['-K', '--ask-become-pass'],
    exclusive: 'become password',
    help: 'ask for the password of become',
  },
  {
    key: 'becomePasswordFile',
    flags: ['--become-password-file', '--become-pass-file'],
    value: 'BECOME_PASSWORD_FILE',
    exclusive: 'become password',
    help: 'file or script that gives the password of become',
  },
  {
    key: 'tags',
    flags: ['-t', '--tags'],
    value: 'TAGS',
    help: 'run only what is tagged with one of these',
  },
  {
    key: 'skipTags',
    flags: ['--skip-tags'],
    value: 'SKIP_TAGS',
    help: 'leave out what is tagged with one of these',
  },
  {
    key: 'check',
    flags: ['-C', '--check'],
    help: 'change nothing; say what would change',
  },
  {
    key: 'diff',
    flags: ['-D', '--diff'],
    help: 'show what changes in (small) files and templates; goes well with --check',
  },
  {
    key: 'inventory',
    flags: ['-i', '--inventory', '--inventory-file'],
    value: 'INVENTORY',
    help: 'inventory path, or comma separated list of hosts',
  },
  { key: 'listHosts', flags: ['--list-hosts'], help: 'list the hosts of each play, and stop' },
  {
    key: 'limit',
    flags: ['-l', '--limit'],
    value: 'SUBSET',
    help: 'narrow the hosts further by a pattern',
  },
  {
    key: 'extraVars',
    flags: ['-e', '--extra-vars'],
    value: 'EXTRA_VARS',
    help: 'more variables: key=value, YAML or JSON, or @file',
  },
  { key: 'vaultIds', flags: ['--vault-id'], value: 'VAULT_IDS', help: 'the vault identity to use' },
  {
    key: 'askVaultPass',
    flags: ['--ask-vault-password', '--ask-vault-pass'],
    exclusive: 'vault password',
    help: 'ask for the vault password',
  },
  {
    key: 'vaultPasswordFiles',
    flags: ['--vault-password-file', '--vault-pass-file'],
    value: 'VAULT_PASSWORD_FILES',
    exclusive: 'vault password',
    help: 'file or script that gives the vault password',
  },
  {
    key: 'forks',
    flags: ['-f', '--forks'],
    value: 'FORKS',
    isInt: true,
    help: 'hosts to work on at the same time (default: 5)',
  },
  {
    key: 'modulePaths',
    flags: ['-M', '--module-path'],
    value: 'MODULE_PATH',
    help: 'colon separated directories to look for modules in first',
  },
  { key: 'syntaxCheck', flags: ['--syntax-check'], help: 'check the playbooks, and stop' },
  { key: 'listTasks', flags: ['--list-tasks'], help: 'list the tasks that would run, and stop' },
  { key: 'listTags', flags: ['--list-tags'], help: 'list all tags, and stop' },
  { key: 'step', flags: ['--step'], help: 'confirm each task before it runs' },
  {
    key: 'startAtTask',
    flags: ['--start-at-task'],
    value: 'START_AT_TASK',
    help: 'start at the task with this name',
  },
  { key: 'json', flags: ['--json'], help: 'print one JSON document at the end instead of text' },
  {
    key: 'strategy',
    flags: ['--strategy'],
    value: 'STRATEGY',
    help: 'linear, free or host_pinned for plays that name none (default: as if linear)',
  },
  onOption,
  ...CLOUD_OPTIONS,
];
