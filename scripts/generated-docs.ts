/** The pages of docs/ that are made from data: the messages' codes, and the facts that differ from Ansible's. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { diagnosticCodes } from '../shared/base/diagnostic-codes.ts';

type FactDifference = { readonly fact: string; readonly reason: string };

const FACT_DIFFERENCES = new URL('../test/cases/facts/differences.yaml', import.meta.url);

/** File names in docs/ with their texts. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return { 'errors.md': errorsPage(), 'facts.md': factsPage() };
}

function errorsPage(): string {
  return [
    '# Messages about your files',
    '',
    'Generated from `shared/base/diagnostic-codes.ts` by `npm run docs`.',
    '',
    'A message about a playbook, an inventory or a setting ends with its code in brackets, and shows file, line and column.',
    'All messages are shown at once.',
    '',
    ...Object.entries(diagnosticCodes).map(([code, sentence]) => `- \`${code}\`: ${sentence}`),
    '',
  ].join('\n');
}

function factsPage(): string {
  const differences = parseDifferences(readFileSync(FACT_DIFFERENCES, 'utf8'));
  return [
    '# Facts that differ from Ansible',
    '',
    'Generated from `test/cases/facts/differences.yaml` by `npm run docs`.',
    '',
    'Every other fact of `setup` has the value that ansible-core 2.14 gives on the same host.',
    '',
    ...differences.map(({ fact, reason }) => `- \`${fact}\`: ${reason.trim()}`),
    '',
  ].join('\n');
}

function parseDifferences(text: string): readonly FactDifference[] {
  return parse(text) as readonly FactDifference[];
}
