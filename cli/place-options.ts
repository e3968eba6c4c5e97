/** Where a command finds runs: in the store of this directory, or in that of a deployment. */

import type { RunStore } from '../shared/store/run-store.ts';
import { openSqliteStore } from '../shared/store/sqlite-store.ts';
import type { CloudAccess } from './cloud/cloud-access.ts';
import type { CloudSettings } from './cloud/cloud-settings.ts';
import type { CommandDeps } from './command-deps.ts';
import type { OptionSpec } from './option-parser.ts';
import { storeDirectory } from './store-directory.ts';

export const placeOption: OptionSpec = {
  key: 'on',
  flags: ['--on'],
  value: 'PLACE',
  help: 'local: runs of this machine (the default); aws: runs in the cloud',
};

export type RunPlace = {
  readonly store: RunStore;
  /** Of runs in the cloud. */
  readonly cloud?: { readonly access: CloudAccess; readonly settings: CloudSettings };
};

/** Opens the place that `--on` names; a text says what is wrong with the name. */
export async function openRunPlace(name: string | undefined, deps: CommandDeps): Promise<RunPlace | string> {
  switch (name) {
    case undefined:
    case 'local':
      return { store: openSqliteStore(storeDirectory(deps)) };
    case 'aws': {
      // The code for the cloud is only loaded for those who ask for it.
      const [{ awsAccess: access }, { cloudSettings }] = await Promise.all([
        import('./cloud/cloud-access.ts'),
        import('./cloud/cloud-settings.ts'),
      ]);
      const settings = cloudSettings(deps);
      return { store: await access.openStore(settings), cloud: { access, settings } };
    }
    default:
      return `argument --on: invalid choice: '${name}' (choose from 'local', 'aws')`;
  }
}
