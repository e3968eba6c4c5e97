/** TextFSM, by the rules of its documentation: its library is installed nowhere here. */

import { describe, expect, test } from 'vitest';
import { parseTextFsm, type TextFsmCell } from '../../../shared/template/formats/textfsm.ts';

function table(template: readonly string[], text: readonly string[]): (readonly TextFsmCell[])[] {
  return [...parseTextFsm(template.join('\n'), text.join('\n')).rows];
}

describe('records', () => {
  test('end where a rule says so, and at the end of the text', () => {
    const template = [
      'Value NAME (\\S+)',
      'Value STATE (up|down)',
      '',
      'Start',
      '  ^$NAME is $STATE -> Record',
    ];
    expect(parseTextFsm(template.join('\n'), 'eth0 is up\nother\neth1 is down\n')).toEqual({
      header: ['NAME', 'STATE'],
      rows: [
        ['eth0', 'up'],
        ['eth1', 'down'],
      ],
    });
    const open = ['Value NAME (\\S+)', 'Value MTU (\\d+)', '', 'Start', ' ^name $NAME', ' ^mtu $MTU$$'];
    expect(table(open, ['name a', 'mtu 9', 'mtu 5x'])).toEqual([['a', '9']]);
  });

  test('do not come of the end where the template has an EOF of its own', () => {
    const template = ['Value NAME (\\S+)', '', 'Start', ' ^name $NAME', '', 'EOF'];
    expect(table(template, ['name a'])).toEqual([]);
  });

  test('without a required value are left out', () => {
    const template = [
      'Value Required NAME (\\S+)',
      'Value MTU (\\d+)',
      '',
      'Start',
      ' ^name $NAME',
      ' ^mtu $MTU -> Record',
    ];
    expect(table(template, ['mtu 1', 'name a', 'mtu 2', 'mtu 3'])).toEqual([['a', '2']]);
  });

  test('have nothing for values that were not seen', () => {
    const template = ['Value A (a)', 'Value B (b)', '', 'Start', ' ^$A -> Record', ' ^$B -> Next.Record'];
    expect(table(template, ['a', 'b', 'c'])).toEqual([
      ['a', ''],
      ['', 'b'],
    ]);
  });
});

describe('options of values', () => {
  test('fill down and up', () => {
    const template = [
      'Value Filldown,Required HOST (\\S+)',
      'Value Fillup UNIT (\\w+)',
      'Value NAME (\\S+)',
      '',
      'Start',
      ' ^host $HOST -> Clearall',
      ' ^host',
      ' ^name $NAME unit $UNIT -> Record',
      ' ^name $NAME -> Record',
    ];
    const filled = template.map((line) => line.replace(' -> Clearall', ''));
    expect(table(filled, ['host x', 'name a', 'name b unit B', 'name c'])).toEqual([
      ['x', 'B', 'a'],
      ['x', 'B', 'b'],
      ['x', '', 'c'],
      ['x', '', ''],
    ]);
    expect(table(template, ['host x', 'name a'])).toEqual([]);
  });

  test('collect lists', () => {
    const template = [
      'Value NAME (\\S+)',
      'Value List IPS (\\S+)',
      '',
      'Start',
      ' ^name $NAME',
      ' ^ip $IPS',
      ' ^end -> Record',
    ];
    expect(table(template, ['name a', 'ip 1', 'ip 2', 'end', 'name b', 'end'])).toEqual([
      ['a', ['1', '2']],
      ['b', []],
    ]);
  });

  test('collect dicts where the pattern names its parts', () => {
    const template = ['Value List PAIR ((?P<KEY>\\w+)=(?P<VALUE>\\w+))', '', 'Start', ' ^$PAIR'];
    expect(table(template, ['a=1', 'b=2'])).toEqual([
      [
        [
          new Map([
            ['KEY', 'a'],
            ['VALUE', '1'],
          ]),
          new Map([
            ['KEY', 'b'],
            ['VALUE', '2'],
          ]),
        ],
      ],
    ]);
  });
});

describe('states', () => {
  const template = [
    '# A comment',
    'Value NAME (\\S+)',
    '',
    'Start',
    '  ^begin -> Inside',
    '',
    'Inside',
    '  # Another',
    `  ^\${NAME}= -> Continue.Record`,
    '  ^\\S+= -> Next',
    '  ^stop -> End',
    '  ^end -> Start',
    '  ^bad -> Error "no good"',
  ];

  test('follow each other', () => {
    expect(table(template, ['x=', 'begin', 'a=', 'end', 'b=', 'begin', 'c=', 'stop', 'd='])).toEqual([
      ['a'],
      ['c'],
    ]);
  });

  test('end in errors', () => {
    expect(() => table(template, ['begin', 'bad'])).toThrow(
      'Error: "no good". Rule Line: 13. Input Line: bad.',
    );
  });
});

test.each([
  [['Start', ' ^x'], 'No Value definitions found.'],
  [['Value A (a)', 'Start', ' ^x'], 'Expected blank line after last Value entry. Line: 2.'],
  [['Value A (a)', '', 'Other', ' ^x'], "Missing state 'Start'."],
  [['Value A (a)', '', 'Start', ' ^$B'], "Duplicate or invalid variable substitution: '^$B'. Line: 4."],
  [['Value A a', '', 'Start', ' ^x'], 'Expect at least 3 tokens on line 1: Value A a'],
  [
    ['Value A (a)', '', 'Start', ' ^x -> Continue Start'],
    "Action 'Continue' with new state Start specified. Line: 4.",
  ],
])('%j is no template', (template, message) => {
  expect(() => table(template, [])).toThrow(message);
});
