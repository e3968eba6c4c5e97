/** The layout of usage and help texts. */

import { expect, test } from 'vitest';
import type { OptionSpec } from '../../../cli/option-parser.ts';
import { helpText, usageText } from '../../../cli/usage.ts';

const specs: readonly OptionSpec[] = [
  { key: 'user', flags: ['-u', '--user'], value: 'USER', group: 'Connection', help: 'the user' },
  { key: 'ask', flags: ['-k', '--ask'], exclusive: 'password', help: 'ask' },
  { key: 'file', flags: ['--file'], value: 'FILE', exclusive: 'password', help: 'read' },
  {
    key: 'help',
    flags: ['-h', '--help'],
    help: `a help that is so long that it needs ${'more '.repeat(8)}lines`,
  },
];
const usage = { program: 'sortie x', specs, positionals: 'book [book ...]', positionalHelp: 'the books' };

test('a short usage stands on one line', () => {
  expect(usageText({ ...usage, columns: 80 })).toBe(
    'usage: sortie x [-u USER] [-k | --file FILE] [-h] book [book ...]\n',
  );
});

test('a long usage is wrapped below itself, positionals last', () => {
  expect(usageText({ ...usage, columns: 51 })).toBe(
    ['usage: sortie x [-u USER] [-k | --file FILE] [-h]', '                book [book ...]\n'].join('\n'),
  );
});

test('help has positionals, then options by group', () => {
  expect(helpText({ ...usage, description: 'Does x.', columns: 80 })).toBe(`\
usage: sortie x [-u USER] [-k | --file FILE] [-h] book [book ...]

Does x.

positional arguments:
  book                  the books

options:
  --file FILE           read
  -h, --help            a help that is so long that it needs more more more
                        more more more more more lines
  -k, --ask             ask

Connection:
  -u USER, --user USER  the user
`);
});
