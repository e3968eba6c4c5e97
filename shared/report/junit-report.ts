/** Writes one JUnit file per playbook, in the shape of Ansible's `junit` callback: a test case per task and host. */

import type { Dict } from '../base/value.ts';
import type { RunEvent, TaskHeader, TaskOutcome } from '../wire/run-event.ts';
import { forDisplay } from './outcome.ts';
import { resultText } from './result-text.ts';

export type JunitOptions = {
  /** An ignored failure counts as a failure. */
  readonly failsOnIgnored: boolean;
  readonly failsOnChange: boolean;
};

/** Takes a finished file; `name` is one for its directory. */
export type WriteJunit = (name: string, xml: string) => void;

type Case = {
  readonly name: string;
  readonly place: string;
  readonly seconds: number;
  readonly verdict: 'error' | 'failure' | 'passed' | 'skipped';
  readonly message: string;
  readonly output: string;
};

type Started = { readonly task: TaskHeader; readonly at: number; readonly play: string };

type State = { playbook: string; play: string; readonly tasks: Map<string, Started>; cases: Case[] };

/** A report that writes a file at the end of each playbook. */
export function createJunitReport(options: JunitOptions, write: WriteJunit): (event: RunEvent) => void {
  const state: State = { playbook: '', play: '', tasks: new Map(), cases: [] };
  return (event) => {
    if (event.kind === 'playbook-started') state.playbook = baseName(event.path);
    else if (event.kind === 'play-started') state.play = event.title;
    else if (event.kind === 'task-started') {
      state.tasks.set(event.task.id, { task: event.task, at: event.at, play: state.play });
    } else if (event.kind === 'task-finished') addCase(state, event, options);
    else if (event.kind === 'playbook-finished') {
      write(`${state.playbook}-${event.at / 1000}.xml`, suitesXml(state.playbook, state.cases));
      state.cases = [];
    }
  };
}

function baseName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/(?<=.)\.[^.]*$/, '');
}

function addCase(
  state: State,
  event: Extract<RunEvent, { kind: 'task-finished' }>,
  options: JunitOptions,
): void {
  const started = state.tasks.get(event.task);
  if (started === undefined) return;
  const { play, task } = started;
  const args = task.args === undefined || task.args === '' ? '' : ` ${task.args}`;
  const outcome = forDisplay(event.outcome);
  state.cases.push({
    name: `[${outcome.host}] ${play}: ${task.title}${args}`,
    place: `${task.file}:${task.line}`,
    seconds: (event.at - started.at) / 1000,
    ...verdictOf(outcome, verdictKind(outcome, task.title, options)),
  });
}

/** Names may say that a task is expected to fail, or that its result counts the other way round. */
function verdictKind(
  outcome: TaskOutcome,
  title: string,
  options: JunitOptions,
): 'failure' | 'passed' | 'skipped' {
  if (outcome.status === 'skipped') return 'skipped';
  const isBad = outcome.status === 'failed' && (outcome.ignored !== true || options.failsOnIgnored);
  const hasFailed = isBad || (options.failsOnChange && outcome.status === 'changed');
  if (title.includes('EXPECTED FAILURE')) return 'passed';
  return hasFailed === title.includes('TOGGLE RESULT') ? 'passed' : 'failure';
}

function verdictOf(
  { alwaysVerbose, result }: TaskOutcome,
  verdict: 'failure' | 'passed' | 'skipped',
): Pick<Case, 'message' | 'output' | 'verdict'> {
  const exception = result.get('exception');
  if (verdict === 'failure' && typeof exception === 'string') {
    return { verdict: 'error', message: exception.trim().split('\n').at(-1) ?? '', output: exception };
  }
  const output = resultText(result, {
    verbosity: 0,
    resultFormat: 'json',
    formatYaml: () => '',
    indent: alwaysVerbose === true ? 4 : 0,
  });
  return { verdict, message: messageOf(result, verdict), output };
}

function messageOf(result: Dict, verdict: 'failure' | 'passed' | 'skipped'): string {
  const message = result.get(verdict === 'skipped' ? 'skip_reason' : 'msg');
  if (typeof message === 'string') return message;
  return verdict === 'skipped' ? 'skipped' : `rc=${String(result.get('rc') ?? 0)}`;
}

function suitesXml(name: string, cases: readonly Case[]): string {
  const count = (verdict: Case['verdict']): number => cases.filter((each) => each.verdict === verdict).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0).toFixed(3);
  const totals = `disabled="0" errors="${count('error')}" failures="${count('failure')}"`;
  const size = `tests="${cases.length}" time="${seconds}"`;
  return [
    '<?xml version="1.0" ?>',
    `<testsuites ${totals} ${size}>`,
    `\t<testsuite ${totals} name="${escaped(name)}" skipped="${count('skipped')}" ${size}>`,
    ...cases.map(caseXml),
    '\t</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseXml({ message, name, output, place, seconds, verdict }: Case): string {
  const attributes = `classname="${escaped(place)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  return `\t\t<testcase ${attributes}>\n\t\t\t${bodyXml(verdict, message, output)}\n\t\t</testcase>`;
}

function bodyXml(verdict: Case['verdict'], message: string, output: string): string {
  if (verdict === 'passed') return `<system-out>${escaped(output)}</system-out>`;
  if (verdict === 'skipped') return `<skipped>${escaped(message)}</skipped>`;
  return `<${verdict} message="${escaped(message)}" type="${verdict}">${escaped(output)}</${verdict}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no place for most control characters and for halves of characters; they become replacement characters. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
