/** The machine's own files, read only once no task on its way can still change them. */

import type { LocalPort } from '../../../shared/template/environment.ts';
import { Suspension } from '../../../shared/template/template-error.ts';

/** What is on its way, asked at each access. */
export type Traffic = {
  /** Resolves when all results that are on their way have settled. */
  readonly settled: () => Promise<void>;
  /** Some task is on its way. */
  readonly isBusy: () => boolean;
  /** Some task is on its way whose target is this machine. */
  readonly isBusyHere: () => boolean;
};

/** `local` behind a guard that suspends a render instead of reading too early. */
export function guardFiles(local: LocalPort, traffic: Traffic): LocalPort {
  const wait = (isTooEarly: () => boolean): void => {
    if (isTooEarly()) throw new Suspension(traffic.settled(), 'tasks that may change files of this machine');
  };
  return {
    ...local,
    readFile: (path) => {
      wait(traffic.isBusyHere);
      return local.readFile(path);
    },
    stat: (path, followLinks) => {
      wait(traffic.isBusyHere);
      return local.stat(path, followLinks);
    },
    glob: (pattern) => {
      wait(traffic.isBusyHere);
      return local.glob(pattern);
    },
    ...(local.walk === undefined
      ? {}
      : {
          walk: (directory) => {
            wait(traffic.isBusyHere);
            return local.walk?.(directory) ?? [];
          },
        }),
    writeFile: (path, content, mode) => {
      wait(traffic.isBusy);
      local.writeFile(path, content, mode);
    },
    fetch: (request) => {
      wait(traffic.isBusy);
      return local.fetch(request);
    },
    aws: () => {
      wait(traffic.isBusy);
      return local.aws();
    },
    run: (command, cwd) => {
      wait(traffic.isBusy);
      return local.run(command, cwd);
    },
  };
}
