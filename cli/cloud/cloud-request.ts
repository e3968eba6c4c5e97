/** Turns what was asked for here into what is asked of the cloud: paths inside the project, nothing from this machine. */

import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { RunRequest } from '../../shared/wire/run-request.ts';

export type CloudRequest =
  | { readonly kind: 'ready'; readonly request: RunRequest }
  | { readonly kind: 'refused'; readonly message: string };

export type RequestPlace = {
  readonly workingDirectory: string;
  /** The pushed directory; absent for a project that was pushed before: paths are meant inside it. */
  readonly root: string | undefined;
};

const SECRETS = 'secrets come from Parameter Store there (docs/cloud/secrets.md)';

/** What cannot cross: questions to the person at the terminal, and files outside the project. */
export function cloudRequest(request: RunRequest, place: RequestPlace): CloudRequest {
  const option = impossibleOption(request);
  if (option !== undefined)
    return { kind: 'refused', message: `${option[0]} cannot be used in the cloud: ${option[1]}` };
  const outside: string[] = [];
  const inside = (path: string): string => {
    const found = pathInside(path, place);
    if (found === undefined) outside.push(path);
    return found ?? path;
  };
  const moved: RunRequest = {
    ...request,
    playbooks: request.playbooks.map((path) => (isCollectionPlaybook(path) ? path : inside(path))),
    inventory: request.inventory.map((source) => (source.includes(',') ? source : inside(source))),
    extraVars: request.extraVars.map((vars) => (vars.startsWith('@') ? `@${inside(vars.slice(1))}` : vars)),
    modulePaths: request.modulePaths.map(inside),
  };
  const [first] = outside;
  if (first === undefined) return { kind: 'ready', request: moved };
  const project = place.root ?? 'the project';
  return {
    kind: 'refused',
    message: `${first} is outside of ${project}, and would not be in the cloud: put it there, or start \`sortie run\` in a directory that holds both`,
  };
}

function impossibleOption({
  become,
  connection,
  isStep,
  listing,
  vault,
}: RunRequest): readonly [option: string, why: string] | undefined {
  const all: readonly (readonly [boolean, string, string])[] = [
    [connection.askPassword, '-k/--ask-pass', `nobody can be asked; ${SECRETS}`],
    [become.askPassword, '-K/--ask-become-pass', `nobody can be asked; ${SECRETS}`],
    [vault.askPassword, '--ask-vault-pass', `nobody can be asked; ${SECRETS}`],
    [connection.passwordFile !== undefined, '--connection-password-file', SECRETS],
    [become.passwordFile !== undefined, '--become-password-file', SECRETS],
    [vault.passwordFiles.length > 0, '--vault-password-file', SECRETS],
    [vault.ids.length > 0, '--vault-id', SECRETS],
    [connection.privateKeyFile !== undefined, '--private-key', SECRETS],
    [isStep, '--step', 'nobody can be asked'],
    [listing.hosts, '--list-hosts', 'leave --on out, it needs no host'],
    [listing.tasks, '--list-tasks', 'leave --on out, it needs no host'],
    [listing.tags, '--list-tags', 'leave --on out, it needs no host'],
    [listing.syntaxCheck, '--syntax-check', 'leave --on out, it needs no host'],
  ];
  const found = all.find(([isGiven]) => isGiven);
  return found === undefined ? undefined : [found[1], found[2]];
}

/** The path as functions find it: from the project's root. Undefined when it leads out. */
function pathInside(path: string, { root, workingDirectory }: RequestPlace): string | undefined {
  if (root === undefined) {
    const normal = join('.', path);
    return isAbsolute(path) || isUp(normal) ? undefined : path;
  }
  const found = relative(root, resolve(workingDirectory, path));
  if (isAbsolute(found) || isUp(found)) return undefined;
  return resolve(workingDirectory) === root && !isAbsolute(path) ? path : found === '' ? '.' : found;
}

function isUp(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`);
}

/** `namespace.collection.playbook` */
function isCollectionPlaybook(path: string): boolean {
  return /^(?!.*\.(?:ya?ml|json)$)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}$/.test(path);
}
