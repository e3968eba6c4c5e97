/** The machine itself as the target of a connection. */

import type { ConnectionTarget } from '../../../functions/host/session/session.ts';

/** Localhost, with relative paths in `directory`. */
export function localTarget(directory: string): ConnectionTarget {
  return {
    kind: 'local',
    host: 'localhost',
    address: 'localhost',
    port: 22,
    user: '',
    password: undefined,
    privateKeyFiles: [],
    privateKeyPassphrase: undefined,
    hostKeyChecking: 'no',
    knownHostsFiles: [],
    sshArguments: [],
    connectTimeoutMs: 1000,
    directory,
    python: 'auto',
  };
}
