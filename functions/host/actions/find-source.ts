/** Where an action finds the file that a task names: in the role, beside the task's file, beside the playbook. */

import { enclosing } from '../../../shared/project/inheritance.ts';
import { expandUser } from '../../../shared/template/filters/path.ts';
import { directoryName, joinPath, normalizePath } from '../../../shared/template/python/posix-path.ts';
import type { ActionCall } from './action.ts';

/** The sub-directories that are searched before the directories themselves. */
export type SourceKind = 'files' | 'templates' | 'vars';

export type FoundSource =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly message: string };

/** The absolute path of the file or directory `name`, or that it is missing, in Ansible's words. */
export function findSource(call: ActionCall, kind: SourceKind, name: string): FoundSource {
  const { local } = call.context;
  if (name.startsWith('/') || name.startsWith('~')) {
    const path = normalizePath(expandUser({ ...call.env, local }, name));
    const exists = local.disk.stat(path, true) !== undefined;
    return exists ? { kind: 'found', path } : { kind: 'missing', message: missingFile(name, []) };
  }
  const candidates = placesOf(call, kind, name);
  const path = candidates.find((each) => local.disk.stat(each, true) !== undefined);
  return path === undefined
    ? { kind: 'missing', message: missingFile(name, candidates) }
    : { kind: 'found', path };
}

/** Ansible's message for a file that is not there, or not named. */
export function missingFile(name: string | undefined, searched: readonly string[]): string {
  const places = searched.length === 0 ? '' : `\nSearched in:\n\t${searched.join('\n\t')}`;
  const what = name === undefined ? 'Could not find file' : `Could not find or access '${name}'`;
  return `${what}${places} on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option`;
}

function placesOf(call: ActionCall, kind: SourceKind, name: string): readonly string[] {
  const isNamed = name.split('/')[0] === kind;
  const around = enclosing(call.task);
  const roles = around.flatMap((node) => (node.kind === 'role' ? [node.directory] : []));
  if (call.task.role !== undefined) roles.push(call.task.role.directory);
  const places = (directory: string): readonly string[] => {
    const parent = directoryName(directory);
    if (parent.endsWith('/tasks') && roles.some((role) => parent.startsWith(role)))
      return [joinPath(directoryName(parent), kind, name), joinPath(parent, name)];
    const plain = joinPath(directory, name);
    return isNamed ? [plain] : [joinPath(directory, kind, name), plain];
  };
  const playbook = call.env.searchPath.at(-1) ?? call.context.play.directory;
  const isBeside = around.some(
    (node) => node.kind === 'task' && directoryName(node.position.file) === playbook,
  );
  const stack = isBeside ? call.env.searchPath : call.env.searchPath.slice(0, -1);
  return [...stack.flatMap(places), ...places(playbook)];
}
