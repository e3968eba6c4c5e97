/** Prints a run as one JSON document when it ends, in the shape of Ansible's `json` callback. */

import { formatJson } from '../base/json.ts';
import { type Dict, dict, type Value } from '../base/value.ts';
import type { HostRecap, RunEvent, TaskHeader, TaskOutcome } from '../wire/run-event.ts';
import { createScreen, type ScreenOptions, type Write } from './screen.ts';

type JsonTask = { readonly header: TaskHeader; readonly start: number; end: number; readonly hosts: Dict };
type JsonPlay = { readonly title: string; readonly start: number; end: number; readonly tasks: JsonTask[] };
type Document = { readonly plays: JsonPlay[]; end: PlaybookEnd | undefined };
type PlaybookEnd = Extract<RunEvent, { kind: 'playbook-finished' }>;

/** A report that prints warnings and errors on stderr as they come, and all else at the end on stdout. */
export function createJsonReport(options: ScreenOptions, write: Write): (event: RunEvent) => void {
  const screen = createScreen(options, write);
  const document: Document = { plays: [], end: undefined };
  return (event) => {
    if (event.kind === 'message') {
      if (event.level === 'warning') screen.warning(event.text, event.host !== undefined);
      if (event.level === 'error') screen.error(event.text);
    } else if (event.kind === 'run-finished') {
      write(`${documentText(document)}\n`, 'stdout');
    } else collect(document, event);
  };
}

function collect(document: Document, event: RunEvent): void {
  const { plays } = document;
  const play = plays.at(-1);
  if (event.kind === 'playbook-finished') document.end = event;
  else if (event.kind === 'play-started') {
    plays.push({ title: event.title, start: event.at, end: event.at, tasks: [] });
  } else if (event.kind === 'task-started') {
    play?.tasks.push({ header: event.task, start: event.at, end: event.at, hosts: new Map() });
  } else if (event.kind === 'task-finished' && play !== undefined) {
    const task = play.tasks.findLast(({ header }) => header.id === event.task);
    if (task === undefined) return;
    task.hosts.set(event.outcome.host, outcomeDict(event.outcome, task.header));
    task.end = event.at;
    play.end = event.at;
  }
}

function outcomeDict({ result, status }: TaskOutcome, { action }: TaskHeader): Dict {
  const out: Dict = new Map(result);
  out.set('action', action);
  if (status === 'failed' || status === 'skipped' || status === 'unreachable') out.set(status, true);
  else out.delete('failed');
  return out;
}

function documentText({ end, plays }: Document): string {
  const stats = [...(end?.customStats ?? [])];
  const document = dict([
    ['plays', plays.map(playDict)],
    ['stats', dict((end?.recap ?? []).map((recap) => [recap.host, statsDict(recap)]))],
    ['custom_stats', dict(stats.filter(([host]) => host !== '_run'))],
    ['global_custom_stats', end?.customStats.get('_run') ?? new Map()],
  ]);
  return formatJson(document, { indent: 4, sortKeys: true });
}

function playDict(play: JsonPlay, index: number): Value {
  const about = dict([
    ['name', play.title],
    ['id', String(index)],
    ['duration', durationDict(play)],
  ]);
  return dict([
    ['play', about],
    ['tasks', play.tasks.map(taskDict)],
  ]);
}

function taskDict({ end, header, hosts, start }: JsonTask): Value {
  const about = dict([
    ['name', header.title],
    ['id', header.id],
    ['path', `${header.file}:${header.line}`],
    ['duration', durationDict({ start, end })],
  ]);
  return dict([
    ['task', about],
    ['hosts', hosts],
  ]);
}

function durationDict({ end, start }: { readonly start: number; readonly end: number }): Value {
  return dict([
    ['start', new Date(start).toISOString()],
    ['end', new Date(end).toISOString()],
  ]);
}

function statsDict(recap: HostRecap): Value {
  return dict([
    ['ok', recap.ok],
    ['changed', recap.changed],
    ['unreachable', recap.unreachable],
    ['failures', recap.failed],
    ['skipped', recap.skipped],
    ['rescued', recap.rescued],
    ['ignored', recap.ignored],
  ]);
}
