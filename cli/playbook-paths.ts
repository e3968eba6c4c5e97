/** Finds the playbook of a command line that is not there, before anything is loaded. */

import { resolve } from 'node:path';
import type { ProjectFiles } from '../shared/project/files.ts';

/** `namespace.collection.playbook`; the loader looks for those in the collections. */
const COLLECTION_PLAYBOOK = /^(?!.*\.(?:ya?ml|json)$)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}$/;

/** What is wrong with the first path that is no file; undefined when all are. */
export function findMissingPlaybook(
  playbooks: readonly string[],
  files: Pick<ProjectFiles, 'kind' | 'workingDirectory'>,
): string | undefined {
  for (const playbook of playbooks) {
    const kind = files.kind(resolve(files.workingDirectory, playbook));
    if (kind === 'directory') return `the playbook: ${playbook} does not appear to be a file`;
    if (kind === undefined && !COLLECTION_PLAYBOOK.test(playbook)) {
      return `the playbook: ${playbook} could not be found`;
    }
  }
  return undefined;
}
