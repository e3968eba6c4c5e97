/** Bundled by packaging-keys.test.ts: opens the private key of the environment as a connection does. */

import ssh2 from 'ssh2';

const { KEY = '', PASSPHRASE = '' } = process.env;
const parsed = ssh2.utils.parseKey(KEY, PASSPHRASE);
process.stdout.write(parsed instanceof Error ? parsed.message : parsed.type);
