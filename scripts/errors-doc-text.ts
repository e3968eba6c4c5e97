/** The text of docs/errors.md. */

import { diagnosticCodes } from '../shared/base/diagnostic-codes.ts';

/** One table row per code, in the table's order. */
export function errorsDoc(): string {
  const rows = Object.entries(diagnosticCodes).map(
    ([code, sentence]) => `| \`${code}\` | ${sentence.replaceAll('|', '\\|')} |`,
  );
  return [
    '# Messages about your files',
    '',
    'Generated from `shared/base/diagnostic-codes.ts` by `npm run docs`.',
    '',
    'A message about a playbook, an inventory or a setting ends with its code in brackets, and shows file, line and column.',
    'All messages are shown at once.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n');
}
