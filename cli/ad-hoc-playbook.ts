/** The playbook that an ad-hoc command stands for: one play with one task, read as if it were a file. */

import { join, resolve } from 'node:path';
import type { ProjectFiles } from '../shared/project/files.ts';
import { parseKv } from '../shared/project/parse-kv.ts';
import type { AdHocRequest, RunRequest } from '../shared/wire/run-request.ts';

/** Where the playbook seems to be; no file of a user has this name. */
const NAME = '__adhoc_playbook__.json';

const FREE_FORM = /^(?:ansible\.(?:builtin|legacy|windows)\.)?(?:(?:win_)?(?:command|shell)|raw|script)$/;

/** Whether the module cannot run without arguments. */
export function needsArguments(module: string): boolean {
  return FREE_FORM.test(module);
}

/** The path of the playbook. */
export function adHocPath(directory: string | undefined): string {
  return join(directory ?? '.', NAME);
}

/** The files with the request's playbook among them; unchanged for a request with playbooks of its own. */
export function withAdHocPlaybook(files: ProjectFiles, { adHoc }: RunRequest): ProjectFiles {
  if (adHoc === undefined) return files;
  const path = resolve(files.workingDirectory, adHocPath(adHoc.directory));
  const content = new TextEncoder().encode(playbookText(adHoc));
  return {
    ...files,
    read: (name) => (name === path ? content : files.read(name)),
    kind: (name) => (name === path ? 'file' : files.kind(name)),
  };
}

function playbookText(adHoc: AdHocRequest): string {
  const { backgroundSeconds, module, pattern, pollSeconds, timeoutSeconds } = adHoc;
  const task = {
    action: { module, args: argumentsOf(adHoc) },
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds }),
    ...(backgroundSeconds === undefined ? {} : { async: backgroundSeconds, poll: pollSeconds ?? 15 }),
  };
  return JSON.stringify([{ name: 'Ansible Ad-Hoc', hosts: pattern, gather_facts: 'no', tasks: [task] }]);
}

function argumentsOf({ args, module }: AdHocRequest): unknown {
  if (args.startsWith('{') && args.endsWith('}')) {
    const object = parsedJson(args);
    if (object !== undefined) return object;
  }
  // What cannot be split is given on as it stands, for the loader to say what is wrong with it.
  return Object.fromEntries(parseKv(args, FREE_FORM.test(module)) ?? [['_raw_params', args]]);
}

function parsedJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
