/** The surroundings in which the loader's tests load: only the case's own files exist. */

import { diskFiles } from '../../../shared/project/disk-files.ts';
import type { LoadDeps } from '../../../shared/project/loading.ts';
import type { Environment } from '../../../shared/template/environment.ts';
import { TemplateError } from '../../../shared/template/template-error.ts';
import { noAws } from '../no-aws.ts';

/** Nothing is known before hosts are, and nothing is vaulted. */
const environment: Environment = {
  scope: { resolve: () => undefined, names: () => [] },
  options: { native: false, strictUndefined: true, extensions: [] },
  local: {
    readFile: () => undefined,
    writeFile: () => undefined,
    stat: () => undefined,
    glob: () => [],
    aws: noAws,
    realPath: (path) => path,
    environment: () => undefined,
    fetch: () => Promise.resolve({ kind: 'failed', why: 'there is no network' }),
    run: () => Promise.reject(new Error('no processes here')),
  },
  memory: {
    once: (_key, ask) => ask(),
    later: () => {
      throw new Error('nothing takes time here');
    },
  },
  now: () => 0,
  randomBytes: (length) => new Uint8Array(length),
  parseYaml: () => [],
  decrypt: () => {
    throw new TemplateError(
      'runtime',
      'AnsibleVaultError',
      'Attempting to decrypt but no vault secrets found',
    );
  },
  searchPath: [],
  config: () => undefined,
};

/** What the loader needs for the project in `directory`: its files, and nothing configured. */
export function loadDeps(directory: string): LoadDeps {
  return {
    files: diskFiles({ environment: {}, homeDirectory: '/nowhere', workingDirectory: directory }),
    rolesPath: ['/nowhere/roles'],
    collectionsPaths: ['/nowhere/collections'],
    environment,
    trees: new Map(),
  };
}
