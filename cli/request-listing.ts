/** Answers `--list-hosts`, `--list-tasks`, `--list-tags` and `--syntax-check`. */

import { describePlay } from '../functions/controller/play-description.ts';
import type { Value } from '../shared/base/value.ts';
import { type ListedPlay, listingText } from '../shared/plan/listing.ts';
import { matchHosts } from '../shared/project/host-pattern.ts';
import { enclosing, everyKeyword } from '../shared/project/inheritance.ts';
import type { Project } from '../shared/project/load-project.ts';
import type { Play, Task } from '../shared/project/model.ts';
import { str } from '../shared/template/python/repr.ts';
import { renderValue } from '../shared/template/render.ts';
import type { RunRequest } from '../shared/wire/run-request.ts';

/** The text for stdout. */
export function requestListing(request: RunRequest, project: Project): string {
  const { listing, adHoc } = request;
  if (adHoc !== undefined) return hostListing(project);
  const isListing = listing.hosts || listing.tasks || listing.tags;
  const texts = project.playbooks.map(({ plays }, index) => {
    const path = request.playbooks[index] ?? '';
    if (!isListing) return `\nplaybook: ${path}\n`;
    return listingText(
      path,
      plays.map((play) => listedPlay(play, request, project)),
      { ...listing, selection: selectionOf(request, project), tagsOf: (level) => tagsOf(level, project) },
    );
  });
  return texts.join('');
}

/** The hosts of an ad-hoc command. */
function hostListing(project: Project): string {
  const plays = project.playbooks.flatMap((playbook) => playbook.plays);
  const hosts = plays.flatMap((play) => {
    const { pattern } = describePlay(play, { project, promptVars: new Map(), strategy: undefined });
    return matchHosts(pattern, project.inventory, { limit: project.limit }).value;
  });
  return `  hosts (${hosts.length}):\n${hosts.map((host) => `    ${host}\n`).join('')}`;
}

function listedPlay(play: Play, { strategy }: RunRequest, project: Project): ListedPlay {
  const { pattern, title } = describePlay(play, { project, promptVars: new Map(), strategy });
  const { value: hosts } = matchHosts(pattern, project.inventory, { limit: project.limit });
  return { play, title, patterns: [pattern].flat(), hosts };
}

function selectionOf(
  { skipTags, tags }: RunRequest,
  { config }: Project,
): {
  readonly only: readonly string[];
  readonly skip: readonly string[];
} {
  const only = [...config.list('TAGS_RUN'), ...tags];
  return { only: only.length === 0 ? ['all'] : only, skip: [...config.list('TAGS_SKIP'), ...skipTags] };
}

/** The tags of a play or task with those that it inherits. Only variables of the play are known here. */
function tagsOf(level: Play | Task, project: Project): string[] {
  const vars = enclosing(level).map((each) => each.keywords.vars ?? new Map<Value, Value>());
  const env = project.environment(vars);
  return everyKeyword(level, 'tags')
    .flat()
    .flatMap((tag) => [renderValue(tag, env)].flat())
    .map(str);
}
