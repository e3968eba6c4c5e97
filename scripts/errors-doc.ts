/** Writes docs/errors.md from the table of diagnostic codes. */

import { writeFileSync } from 'node:fs';
import { errorsDoc } from './errors-doc-text.ts';

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsDoc());
