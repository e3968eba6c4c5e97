/** What `--list-hosts`, `--list-tasks` and `--list-tags` print of a playbook, word for word as ansible-playbook does. */

import { writtenText } from '../project/loading.ts';
import type { Block, Node, Play, Task } from '../project/model.ts';
import { repr } from '../template/python/repr.ts';
import { isSelected, type TagSelection } from './tags.ts';

/** A play with what had to be rendered or looked up for it. */
export type ListedPlay = {
  readonly play: Play;
  /** Its rendered name, or its patterns when it has none. */
  readonly title: string;
  /** The rendered `hosts`, one entry per list item. */
  readonly patterns: readonly string[];
  readonly hosts: readonly string[];
};

export type ListingOptions = {
  readonly hosts: boolean;
  readonly tasks: boolean;
  readonly tags: boolean;
  readonly selection: TagSelection;
  /** The rendered tags of a play or task, those that it inherits included. */
  readonly tagsOf: (level: Play | Task) => readonly string[];
};

/** The listing of one playbook; `path` as the command line names it. */
export function listingText(path: string, plays: readonly ListedPlay[], options: ListingOptions): string {
  const texts = plays.map((play, index) => playText(play, index + 1, options));
  return `\nplaybook: ${path}\n${texts.join('')}`;
}

function playText(listed: ListedPlay, number: number, options: ListingOptions): string {
  const { hosts, patterns, play, title } = listed;
  const tags = options.tagsOf(play);
  const lines = [`\n  play #${number} (${patterns.join(',')}): ${title}\tTAGS: [${tags.join(',')}]`];
  if (options.hosts) {
    lines.push(`    pattern: ${repr([...patterns])}`, `    hosts (${hosts.length}):`);
    lines.push(...hosts.map((host) => `      ${host}`));
  }
  if (options.tasks || options.tags) lines.push(...taskLines(play, tags, options));
  return `${lines.join('\n')}\n`;
}

function taskLines(play: Play, playTags: readonly string[], options: ListingOptions): string[] {
  const blocks = [...play.preTasks, ...play.roleTasks, ...play.tasks, ...play.postTasks];
  const tasks = blocks.flatMap(tasksOf).filter((task) => isSelected(options.tagsOf(task), options.selection));
  const lines: string[] = [];
  if (options.tasks) {
    lines.push('    tasks:');
    lines.push(...tasks.map((task) => `      ${titleOf(task)}\tTAGS: [${tagList(options.tagsOf(task))}]`));
  }
  if (options.tags) {
    lines.push(`      TASK TAGS: [${tagList([...playTags, ...tasks.flatMap(options.tagsOf)])}]`);
  }
  return lines;
}

/** The tasks of a block and the blocks in it. Ansible does not list those of `rescue` and `always`. */
function tasksOf(block: Block): Task[] {
  return block.tasks.flatMap((node: Node) => (node.kind === 'task' ? [node] : tasksOf(node)));
}

/** The name as it is written, behind its role's; the action for a task without a name. */
function titleOf(task: Task): string {
  const name = writtenText(task.name);
  if (name === undefined || name === '') return task.action;
  return task.role === undefined ? name : `${roleName(task.role)} : ${name}`;
}

function roleName({ collection, name }: NonNullable<Task['role']>): string {
  return collection === undefined || name.startsWith(`${collection}.`) ? name : `${collection}.${name}`;
}

function tagList(tags: readonly string[]): string {
  const sorted = [...new Set(tags)].sort((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  return sorted.join(', ');
}
