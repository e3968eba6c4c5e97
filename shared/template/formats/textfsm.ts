/** TextFSM: tables out of texts, by a template of values and states with rules for lines. */

import { pythonError } from '../python/error.ts';
import { compilePattern, type Match, matchPattern, type Pattern } from '../python/regex.ts';
import { splitLines } from '../python/whitespace.ts';

/** A cell: a text, or a list of what a `List` value has collected. */
export type TextFsmCell = string | readonly (string | ReadonlyMap<string, string>)[];

/** What a template found: a row for each record. */
export type TextFsmTable = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly TextFsmCell[])[];
};

type ValueOption = 'Filldown' | 'Fillup' | 'Key' | 'List' | 'Required';

type ValueSpec = {
  readonly name: string;
  readonly options: readonly ValueOption[];
  /** The pattern with the value's name for its group. */
  readonly named: string;
  readonly pattern: Pattern;
};

type Rule = {
  readonly pattern: Pattern;
  readonly line: 'Continue' | 'Error' | 'Next';
  readonly record: 'Clear' | 'Clearall' | 'NoRecord' | 'Record';
  readonly next: string;
  readonly number: number;
};

type Template = {
  readonly values: readonly ValueSpec[];
  readonly states: ReadonlyMap<string, readonly Rule[]>;
};

const OPTIONS: readonly ValueOption[] = ['Filldown', 'Fillup', 'Key', 'List', 'Required'];
const RULE_START = /^(?: {1,2}|\t)\^/;
const COMMENT = /^\s*#/;
const ACTION =
  /^(?:\s+(?:(Continue|Next|Error)(?:\.(Clear|Clearall|Record|NoRecord))?|(Clear|Clearall|Record|NoRecord)))?(?:\s+(\w+|".*"))?$/;

/** The table that the template makes of a text. Raises TextFSMTemplateError and TextFSMError. */
export function parseTextFsm(source: string, text: string): TextFsmTable {
  const template = readTemplate(splitLines(source));
  const reader = new TableReader(template);
  let state = 'Start';
  for (const line of splitLines(text)) {
    state = reader.readLine(line, state);
    if (state === 'End' || state === 'EOF') break;
  }
  if (state !== 'End' && !template.states.has('EOF')) reader.record();
  return { header: template.values.map(({ name }) => name), rows: reader.rows };
}

function templateError(message: string): Error {
  return pythonError('TextFSMTemplateError', message);
}

function readTemplate(lines: readonly string[]): Template {
  const values: ValueSpec[] = [];
  let at = 0;
  for (; at < lines.length && (lines[at] ?? '').trim() !== ''; at++) {
    const line = lines[at] ?? '';
    if (COMMENT.test(line)) continue;
    if (!line.startsWith('Value ')) {
      if (values.length === 0) throw templateError('No Value definitions found.');
      throw templateError(`Expected blank line after last Value entry. Line: ${at + 1}.`);
    }
    values.push(readValue(line, at + 1));
  }
  if (values.length === 0) throw templateError('No Value definitions found.');
  const states = readStates(lines, at, values);
  if (!states.has('Start')) throw templateError("Missing state 'Start'.");
  for (const rule of [...states.values()].flat()) {
    const isKnown = ['', 'End', 'EOF'].includes(rule.next) || rule.line === 'Error' || states.has(rule.next);
    if (!isKnown) throw templateError(`State '${rule.next}' not found, referenced in state 'Start'`);
  }
  return { values, states };
}

function readValue(line: string, number: number): ValueSpec {
  const words = line.split(' ').slice(1);
  const first = words[0]?.split(',') ?? [];
  const options = first.flatMap((word) => OPTIONS.find((option) => option === word) ?? []);
  const hasOptions = !(words[1] ?? '').startsWith('(') && words.length > 2;
  if (hasOptions && options.length !== first.length) {
    throw templateError(`Unknown or duplicate option in line ${number}: ${line}`);
  }
  const [name = '', ...rest] = hasOptions ? words.slice(1) : words;
  const regex = rest.join(' ');
  if (!/^\w+$/.test(name) || !/^\(.*\)$/.test(regex)) {
    throw templateError(`Expect at least 3 tokens on line ${number}: ${line}`);
  }
  const named = `(?P<${name}>${regex.slice(1)}`;
  return { name, options: hasOptions ? options : [], named, pattern: compilePattern(regex) };
}

function readStates(
  lines: readonly string[],
  from: number,
  values: readonly ValueSpec[],
): ReadonlyMap<string, readonly Rule[]> {
  const states = new Map<string, Rule[]>();
  let rules: Rule[] | undefined;
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').trimEnd();
    if (line === '') rules = undefined;
    if (line === '' || COMMENT.test(line)) continue;
    if (RULE_START.test(line) && rules !== undefined) rules.push(readRule(line, at + 1, values));
    else if (/^\w+$/.test(line) && !states.has(line)) {
      rules = [];
      states.set(line, rules);
    } else throw templateError(`Invalid state name or rule in line ${at + 1}: '${line}'`);
  }
  return states;
}

function readRule(line: string, number: number, values: readonly ValueSpec[]): Rule {
  const [, regex = line.trim(), action = ''] = /^(.*)\s->(.*)$/.exec(line.trim()) ?? [];
  const found = ACTION.exec(action);
  if (found === null) throw templateError(`Badly formatted rule '${line}' in line ${number}`);
  const [, operator, both, alone, next = ''] = found;
  if (operator === 'Continue' && next !== '') {
    throw templateError(`Action '${operator}' with new state ${next} specified. Line: ${number}.`);
  }
  return {
    pattern: compilePattern(withValues(regex, number, values)),
    line: operator === 'Continue' || operator === 'Error' ? operator : 'Next',
    record: recordOf(both ?? alone),
    next,
    number,
  };
}

function recordOf(word: string | undefined): Rule['record'] {
  return word === 'Clear' || word === 'Clearall' || word === 'Record' ? word : 'NoRecord';
}

/** The pattern of a rule with those of its values; `$$` is a dollar sign. */
function withValues(regex: string, number: number, values: readonly ValueSpec[]): string {
  return regex.replace(
    /\$(?:(\$)|(\w+)|\{(\w+)\})?/g,
    (_whole, dollar?: string, bare?: string, braced?: string) => {
      if (dollar !== undefined) return '$';
      const value = values.find(({ name }) => name === (bare ?? braced));
      if (value !== undefined) return value.named;
      throw templateError(`Duplicate or invalid variable substitution: '${regex}'. Line: ${number}.`);
    },
  );
}

type Collected = { text: string | null; list: (string | ReadonlyMap<string, string>)[]; kept: string | null };

/** Lives as long as one text is read. */
class TableReader {
  readonly rows: TextFsmCell[][] = [];
  readonly #template: Template;
  readonly #cells: Collected[];

  constructor(template: Template) {
    this.#template = template;
    this.#cells = template.values.map(() => ({ text: null, list: [], kept: null }));
  }

  /** The state after the line. */
  readLine(line: string, state: string): string {
    for (const rule of this.#template.states.get(state) ?? []) {
      const match = matchPattern(rule.pattern, line);
      if (match === undefined) continue;
      this.#assign(rule.pattern, match);
      if (rule.record === 'Record') this.record();
      else if (rule.record !== 'NoRecord') this.#clear(rule.record === 'Clearall');
      if (rule.line === 'Error') {
        const told = rule.next === '' ? 'State Error raised.' : `Error: ${rule.next}.`;
        throw pythonError('TextFSMError', `${told} Rule Line: ${rule.number}. Input Line: ${line}.`);
      }
      if (rule.line === 'Next') return rule.next === '' ? state : rule.next;
    }
    return state;
  }

  /** Ends a row; one without a required value, or without any, is left out. */
  record(): void {
    const { values } = this.#template;
    const isComplete = values.every(({ options }, index) => {
      const cell = this.#cells[index];
      return !options.includes('Required') || (options.includes('List') ? cell?.list.length : cell?.text);
    });
    const row = values.map(({ options }, index): TextFsmCell | null => {
      const cell = this.#cells[index];
      return options.includes('List') ? [...(cell?.list ?? [])] : (cell?.text ?? null);
    });
    const isEmpty = row.every((cell) => cell === null || (Array.isArray(cell) && cell.length === 0));
    if (isComplete && !isEmpty) this.rows.push(row.map((cell) => cell ?? ''));
    if (!isComplete || !isEmpty) this.#clear(false);
  }

  #assign(pattern: Pattern, match: Match): void {
    for (const [index, { name, options, pattern: own }] of this.#template.values.entries()) {
      const number = pattern.groupNames.get(name);
      const cell = this.#cells[index];
      if (number === undefined || cell === undefined) continue;
      const text = match.groups[number] ?? null;
      cell.text = text;
      if (options.includes('Filldown')) cell.kept = text;
      if (options.includes('List')) cell.list.push(listItem(own, text ?? ''));
      if (options.includes('Fillup') && text !== null && text !== '') this.#fillUp(index, text);
    }
  }

  #fillUp(index: number, text: string): void {
    for (const row of this.rows.toReversed()) {
      if ((row[index] ?? '').length > 0) return;
      row[index] = text;
    }
  }

  #clear(isAll: boolean): void {
    for (const [index, { options }] of this.#template.values.entries()) {
      const cell = this.#cells[index];
      if (cell === undefined) continue;
      if (isAll) cell.kept = null;
      cell.text = cell.kept;
      if (isAll || !options.includes('Filldown')) cell.list = [];
    }
  }
}

/** The named groups in the value's own pattern, where it has some. */
function listItem(pattern: Pattern, text: string): string | ReadonlyMap<string, string> {
  const match = pattern.groupNames.size === 0 ? undefined : matchPattern(pattern, text);
  if (match === undefined) return text;
  return new Map([...pattern.groupNames].map(([name, number]) => [name, match.groups[number] ?? '']));
}
