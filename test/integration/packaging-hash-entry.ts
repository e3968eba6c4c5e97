/** Bundled by packaging-keys.test.ts: hashes the passphrase of the environment with bcrypt. */

import { hashSync } from 'bcryptjs';

process.stdout.write(hashSync(process.env.PASSPHRASE ?? '', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.'));
