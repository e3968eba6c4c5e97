/** Turns the command line of `sortie run` into a request. */

import type { RunRequest } from '../shared/wire/run-request.ts';
import { type ParsedOptions, parseOptions } from './option-parser.ts';
import { CLOUD_OPTIONS, runOptions } from './run-options.ts';

export type RunArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage-error'; readonly message: string }
  | {
      readonly kind: 'run';
      readonly request: RunRequest;
      readonly isJson: boolean;
      /** Runs in the cloud. */
      readonly cloud?: CloudWish;
    };

export type CloudWish = {
  /** The name or hash of a pushed project; absent: the directory is pushed first. */
  readonly project?: string;
  /** Ends when the run has started. */
  readonly isDetached: boolean;
  readonly allowsKeys: boolean;
};

/** Reads the arguments behind `sortie run`. */
export function parseRunArguments(argv: readonly string[]): RunArguments {
  const outcome = parseOptions(argv, runOptions);
  if (outcome.kind === 'error') return { kind: 'usage-error', message: outcome.message };
  const { parsed } = outcome;
  if (parsed.final !== undefined) return { kind: parsed.final === 'help' ? 'help' : 'version' };
  if (parsed.positionals.length === 0) {
    return { kind: 'usage-error', message: 'the following arguments are required: playbook' };
  }
  const forks = last(parsed, 'forks');
  if (forks !== undefined && toInt(forks) < 1) {
    return { kind: 'usage-error', message: 'The number of processes (--forks) must be >= 1' };
  }
  const place = last(parsed, 'on') ?? 'local';
  if (place !== 'aws' && place !== 'local')
    return {
      kind: 'usage-error',
      message: `argument --on: invalid choice: '${place}' (choose from 'local', 'aws')`,
    };
  const misplaced = CLOUD_OPTIONS.find(({ key }) => place === 'local' && parsed.values.has(key));
  if (misplaced !== undefined)
    return { kind: 'usage-error', message: `argument ${misplaced.flags.join('/')}: only with --on aws` };
  const request = requestOf(parsed);
  const isJson = parsed.values.has('json');
  return place === 'aws'
    ? { kind: 'run', request, isJson, cloud: cloudWishOf(parsed) }
    : { kind: 'run', request, isJson };
}

function cloudWishOf(parsed: ParsedOptions): CloudWish {
  return {
    ...text(parsed, 'project', 'project'),
    isDetached: parsed.values.has('detach'),
    allowsKeys: parsed.values.has('allowKeys'),
  };
}

/** What the options that `sortie run` and `sortie exec` share ask for. */
export function requestOf(parsed: ParsedOptions): RunRequest {
  const isGiven = (key: string): boolean => parsed.values.has(key);
  return {
    playbooks: parsed.positionals,
    inventory: all(parsed, 'inventory'),
    extraVars: all(parsed, 'extraVars'),
    tags: all(parsed, 'tags').flatMap(splitTags),
    skipTags: all(parsed, 'skipTags').flatMap(splitTags),
    isCheckMode: isGiven('check'),
    verbosity: all(parsed, 'verbosity').length,
    flushCache: isGiven('flushCache'),
    isStep: isGiven('step'),
    modulePaths: all(parsed, 'modulePaths').toReversed().flatMap(splitPaths),
    ...text(parsed, 'limit', 'limit'),
    ...text(parsed, 'strategy', 'strategy'),
    ...text(parsed, 'startAtTask', 'startAtTask'),
    ...int(parsed, 'forks', 'forks'),
    ...flag(parsed, 'diff', 'isDiff'),
    ...flag(parsed, 'forceHandlers', 'forceHandlers'),
    listing: {
      hosts: isGiven('listHosts'),
      tasks: isGiven('listTasks'),
      tags: isGiven('listTags'),
      syntaxCheck: isGiven('syntaxCheck'),
    },
    connection: connectionOf(parsed),
    become: becomeOf(parsed),
    vault: {
      ids: all(parsed, 'vaultIds'),
      passwordFiles: all(parsed, 'vaultPasswordFiles'),
      askPassword: isGiven('askVaultPass'),
    },
  };
}

function connectionOf(parsed: ParsedOptions): RunRequest['connection'] {
  return {
    ...text(parsed, 'connection', 'kind'),
    ...text(parsed, 'remoteUser', 'user'),
    ...text(parsed, 'privateKeyFile', 'privateKeyFile'),
    ...int(parsed, 'timeout', 'timeoutSeconds'),
    ...text(parsed, 'sshCommonArgs', 'sshCommonArgs'),
    ...text(parsed, 'sshExtraArgs', 'sshExtraArgs'),
    ...text(parsed, 'scpExtraArgs', 'scpExtraArgs'),
    ...text(parsed, 'sftpExtraArgs', 'sftpExtraArgs'),
    askPassword: parsed.values.has('askPass'),
    ...text(parsed, 'connectionPasswordFile', 'passwordFile'),
  };
}

function becomeOf(parsed: ParsedOptions): RunRequest['become'] {
  return {
    ...flag(parsed, 'become', 'enabled'),
    ...text(parsed, 'becomeMethod', 'method'),
    ...text(parsed, 'becomeUser', 'user'),
    askPassword: parsed.values.has('askBecomePass'),
    ...text(parsed, 'becomePasswordFile', 'passwordFile'),
  };
}

function all(parsed: ParsedOptions, key: string): readonly string[] {
  return parsed.values.get(key) ?? [];
}

function last(parsed: ParsedOptions, key: string): string | undefined {
  return all(parsed, key).at(-1);
}

type Maybe<Name extends string, T> = { readonly [key in Name]?: T };

function text<Name extends string>(parsed: ParsedOptions, key: string, name: Name): Maybe<Name, string> {
  const value = last(parsed, key);
  return value === undefined ? {} : entry(name, value);
}

function int<Name extends string>(parsed: ParsedOptions, key: string, name: Name): Maybe<Name, number> {
  const value = last(parsed, key);
  return value === undefined ? {} : entry(name, toInt(value));
}

function flag<Name extends string>(parsed: ParsedOptions, key: string, name: Name): Maybe<Name, boolean> {
  return parsed.values.has(key) ? entry(name, true) : {};
}

function entry<Name extends string, T>(name: Name, value: T): Maybe<Name, T> {
  const out: { [key in Name]?: T } = {};
  out[name] = value;
  return out;
}

function toInt(value: string): number {
  return Number(value.trim().replaceAll('_', ''));
}

function splitTags(tags: string): string[] {
  return tags.split(',').map((tag) => tag.trim());
}

function splitPaths(paths: string): string[] {
  return paths.split(':').filter((path) => path !== '');
}
