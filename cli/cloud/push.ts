/** `sortie push`: puts a project where functions find it. */

import type { RunStore } from '../../shared/store/run-store.ts';
import { exitCodes } from '../../shared/wire/exit-code.ts';
import type { Command } from '../command-deps.ts';
import { parseOptions } from '../option-parser.ts';
import { helpOption, reportUsage, usageError } from '../subcommand.ts';
import type { CloudAccess } from './cloud-access.ts';
import { cloudSettings } from './cloud-settings.ts';
import { pushDirectory } from './push-directory.ts';

const usage = {
  program: 'sortie push',
  positionals: '[DIR]',
  positionalHelp: 'the project (default: the directory of ansible.cfg, or this one)',
  description: 'Uploads a project for runs in the cloud. Only what has changed travels.',
  specs: [
    helpOption,
    {
      key: 'name',
      flags: ['--name'],
      value: 'NAME',
      help: 'the name under which runs find the project (default: that of its directory)',
    },
    {
      key: 'allowKeys',
      flags: ['--allow-keys'],
      help: 'push private keys and password files as well, for all who may read the bucket',
    },
    { key: 'json', flags: ['--json'], help: 'print what was pushed as a JSON document' },
  ],
};

/** The subcommand, over what opens the store. */
export function createPush(access: Pick<CloudAccess, 'openStore'>): Command {
  return async (argv, deps) => {
    const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
    if (ended.kind === 'ended') return ended.exitCode;
    const { positionals, values } = ended.parsed;
    if (positionals.length > 1) return usageError(usage, 'only one directory can be pushed', deps);
    const isJson = values.has('json');
    let store: RunStore | undefined;
    try {
      const pushed = await pushDirectory(
        {
          directory: positionals[0],
          name: values.get('name')?.at(-1),
          allowsKeys: values.has('allowKeys'),
        },
        {
          deps,
          openStore: async () => {
            store = await access.openStore(cloudSettings(deps));
            return store;
          },
          say: isJson ? () => undefined : deps.out,
        },
      );
      if (pushed === undefined) return exitCodes.error;
      if (isJson) deps.out(`${JSON.stringify(pushed, undefined, 2)}\n`);
      return exitCodes.ok;
    } finally {
      await store?.close();
    }
  };
}
