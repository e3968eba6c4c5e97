/** Loads a playbook file with everything that it imports. All mistakes are collected; nothing is run or rendered. */

import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Checked, Diagnostic } from '../base/diagnostic.ts';
import { isDict, type Value } from '../base/value.ts';
import { loadBlocks } from './load-blocks.ts';
import { checkKeywords, loadKeywords } from './load-keywords.ts';
import { loadPlay } from './load-play.ts';
import { loadRole } from './load-role.ts';
import {
  builtinName,
  isBroken,
  type LoadDeps,
  type Loading,
  readTree,
  report,
  writtenText,
} from './loading.ts';
import type { Keywords, Play, Playbook } from './model.ts';
import { collectionOfPath, findCollectionPlaybook } from './role-path.ts';
import { splitArgs } from './split-args.ts';
import { renderName } from './static-name.ts';
import { uniqueDiagnostics } from './unique-diagnostics.ts';
import type { YamlDict, YamlEntry, YamlNode } from './yaml-node.ts';

type PlaybookContext = Pick<Loading, 'deps' | 'diagnostics'> & {
  readonly path: string;
  /** The files whose import led here, this one included. */
  readonly open: readonly string[];
  readonly imported: Keywords;
};

/** The playbook at `path` (or named `namespace.collection.playbook`), with its imports, roles and all mistakes. */
export function loadPlaybook(path: string, deps: LoadDeps): Checked<Playbook> {
  const diagnostics: Diagnostic[] = [];
  const hosted = findCollectionPlaybook(deps, path, deps.files.workingDirectory);
  const file = hosted?.path ?? resolve(deps.files.workingDirectory, path);
  const plays = loadFile({ deps, diagnostics, path: file, open: [file], imported: {} });
  return { value: { path: file, plays }, diagnostics: uniqueDiagnostics(diagnostics) };
}

function loadFile(context: PlaybookContext): readonly Play[] {
  const position = { file: context.path, line: 1, column: 1 };
  const tree = readTree(context, context.path);
  if (tree === undefined) {
    const message = `the playbook: ${context.path} could not be found`;
    report(context, { code: 'file-missing', message, position, exitCode: 1 });
    return [];
  }
  const problem = shapeProblem(context.path, tree);
  if (problem !== undefined) {
    if (!isBroken(context, context.path)) {
      report(context, { code: 'playbook-shape', message: problem, position: tree.position });
    }
    return [];
  }
  return tree.kind === 'list' ? tree.items.flatMap((item) => loadEntry(context, item)) : [];
}

function shapeProblem(path: string, tree: YamlNode): string | undefined {
  if (tree.value === null) return `Empty playbook, nothing to do: ${path}`;
  if (tree.kind !== 'list') return `A playbook must be a list of plays, got a ${tree.kind} instead: ${path}`;
  return tree.items.length === 0 ? `A playbook must contain at least one play: ${path}` : undefined;
}

function loadEntry(context: PlaybookContext, node: YamlNode): readonly Play[] {
  if (node.kind !== 'dict') {
    const message = "playbook entries must be either valid plays or 'import_playbook' statements";
    report(context, { code: 'playbook-shape', message, position: node.position });
    return [];
  }
  const statement = [...node.entries].find(([key]) => builtinName(String(key)) === 'import_playbook');
  if (statement !== undefined) return importPlaybook(context, node, statement);
  return [loadPlay({ ...context, collection: collectionOfPath(context.path) }, node)];
}

function importPlaybook(
  context: PlaybookContext,
  node: YamlDict,
  [key, entry]: readonly [Value, YamlEntry],
): readonly Play[] {
  checkKeywords(context, node, { owner: 'PlaybookInclude', isExtra: (name) => name === key });
  const keywords = loadKeywords(context, node, 'PlaybookInclude');
  const path = importedPath(context, entry, keywords);
  if (path === undefined) return [];
  if (context.open.includes(path)) {
    const message = `a recursion loop was detected: '${path}' imports itself`;
    report(context, { code: 'import-recursion', message, position: entry.node.position });
    return [];
  }
  if (context.deps.files.kind(path) === undefined) {
    report(context, {
      code: 'file-missing',
      exitCode: 1,
      message: `Could not find or access '${path}' on the Ansible Controller.`,
      position: entry.node.position,
    });
    return [];
  }
  const imported = joinKeywords(context.imported, keywords);
  return loadFile({ ...context, path, open: [...context.open, path], imported });
}

function importedPath(context: PlaybookContext, entry: YamlEntry, keywords: Keywords): string | undefined {
  const text = writtenText(entry.node.value);
  const words = text === undefined ? [] : splitArgs(text);
  if (words === undefined || words[0] === undefined) {
    const message =
      entry.node.value === null
        ? 'playbook import parameter is missing'
        : 'playbook import parameter must be a string indicating a file path';
    report(context, { code: 'include-options', message, position: entry.node.position });
    return undefined;
  }
  const value = typeof entry.node.value === 'string' ? words[0].trim() : entry.node.value;
  const name = renderName(staticLoading(context, keywords), {
    value,
    at: staticPlay(context, keywords),
    position: entry.node.position,
  });
  if (name === undefined) return undefined;
  const directory = dirname(context.path);
  const hosted = findCollectionPlaybook(context.deps, name, directory);
  return hosted?.path ?? (isAbsolute(name) ? resolve(name) : join(directory, name));
}

/** What an import_playbook passes on, outermost first; inner vars lose against outer ones. */
function joinKeywords(outer: Keywords, inner: Keywords): Keywords {
  const when = [...(outer.when ?? []), ...(inner.when ?? [])];
  const vars = splitTagsVar(inner.vars);
  const tags = [...(outer.tags ?? []), ...(inner.tags ?? []), ...vars.tags];
  return {
    ...(when.length === 0 ? {} : { when }),
    ...(tags.length === 0 ? {} : { tags }),
    vars: new Map([...vars.rest, ...(outer.vars ?? [])]),
  };
}

/** A variable `tags` of an import_playbook adds tags. */
function splitTagsVar(vars: Keywords['vars']): {
  readonly tags: readonly Value[];
  readonly rest: Map<Value, Value>;
} {
  const rest = new Map(isDict(vars) ? vars : []);
  const tags = writtenText(rest.get('tags'));
  rest.delete('tags');
  return { tags: tags === undefined ? [] : tags.split(','), rest };
}

/** A play without content, as the place at which the name of an imported playbook is rendered. */
function staticPlay(context: PlaybookContext, keywords: Keywords): Loading['play'] {
  return {
    kind: 'play',
    name: undefined,
    hosts: null,
    position: { file: context.path, line: 1, column: 1 },
    directory: dirname(context.path),
    keywords: { vars: keywords.vars ?? new Map() },
    varsFiles: [],
    varsPrompt: [],
    gatherFacts: undefined,
    gatherSubset: undefined,
    gatherTimeout: undefined,
    factPath: undefined,
    serial: [],
    strategy: undefined,
    order: undefined,
    maxFailPercentage: undefined,
    forceHandlers: undefined,
    roles: [],
    handlers: [],
    preTasks: [],
    roleTasks: [],
    tasks: [],
    postTasks: [],
  };
}

function staticLoading(context: PlaybookContext, keywords: Keywords): Loading {
  return { ...context, play: staticPlay(context, keywords), handlersFrom: new Set(), loadBlocks, loadRole };
}
