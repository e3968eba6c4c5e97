/** What the state of this machine means for runs from it. */

import { type Finding, ok, problem, warning } from './finding.ts';
import type { LocalFacts } from './local-facts.ts';

type Check = (facts: LocalFacts) => Finding;

const OTHERS_MAY = 0o077;

const checkNode: Check = ({ node, sortie }) =>
  isAtLeast(node, [22, 13])
    ? ok('node', `Node ${node} runs Sortie ${sortie}`)
    : problem('node', `Node ${node} is too old`, 'install Node 22.13 or newer');

const checkPython: Check = ({ python }) => {
  const hint = 'install Python 3.6 or newer, for hosts with connection: local';
  if (python === undefined) return warning('python', 'there is no python3 on this machine', hint);
  return isAtLeast(python, [3, 6])
    ? ok('python', `Python ${python}`)
    : warning('python', `Python ${python} is too old`, hint);
};

const checkAnsible: Check = ({ ansibleCore }) =>
  ansibleCore === undefined
    ? warning(
        'ansible',
        'no ansible-core was found: only the modules that Sortie has itself can be used',
        'install ansible-core, or name its directory in SORTIE_ANSIBLE_CORE',
      )
    : ok('ansible', `modules come from ${ansibleCore}`);

const checkKeys: Check = ({ hasAgent, keys }) => {
  const unreadable = keys.filter(({ isReadable }) => !isReadable).map(({ path }) => path);
  if (unreadable.length > 0) {
    const files = unreadable.join(', ');
    return problem(
      'ssh keys',
      `${files} cannot be read`,
      `give them to the user who runs Sortie: chown $USER ${unreadable.join(' ')}`,
    );
  }
  const open = keys.filter(({ mode }) => (mode & OTHERS_MAY) !== 0).map(({ path }) => path);
  if (open.length > 0) {
    return problem(
      'ssh keys',
      `others may read ${open.join(', ')}, so they are not used`,
      `chmod 600 ${open.join(' ')}`,
    );
  }
  const places = [...keys.map(({ path }) => path), ...(hasAgent ? ['the ssh agent'] : [])];
  return places.length > 0
    ? ok('ssh keys', places.join(', '))
    : warning(
        'ssh keys',
        'there is no private key in ~/.ssh, and no ssh agent',
        'make one with ssh-keygen -t ed25519, or name one with --private-key',
      );
};

const checkStore: Check = ({ store: { directory, isWritable } }) =>
  isWritable
    ? ok('store', `runs are kept in ${directory}`)
    : problem(
        'store',
        `${directory} cannot be written to`,
        'change its owner, or name another one in SORTIE_HOME',
      );

/** Judges this machine. */
export function checkLocal(facts: LocalFacts): readonly Finding[] {
  return [checkNode, checkPython, checkAnsible, checkKeys, checkStore].map((check) => check(facts));
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
