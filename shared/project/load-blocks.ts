/** Reads lists of tasks: blocks with rescue and always, bare tasks in blocks of their own, imports in place. */

import { repr } from '../template/python/repr.ts';
import { checkKeywords, loadKeywords } from './load-keywords.ts';
import { loadTask } from './load-task.ts';
import { type Loading, type Place, report, typeName } from './loading.ts';
import type { Block, Node } from './model.ts';
import { expandImport } from './static-import.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

const SECTIONS = ['block', 'rescue', 'always'] as const;

/** The blocks of a list of tasks; neighbouring bare tasks share one implicit block. */
export function loadBlocks(loading: Loading, node: YamlNode, place: Place): Block[] {
  if (node.value === null) return [];
  if (node.kind !== 'list') {
    reportMalformed(loading, node, notAList(node, place.what));
    return [];
  }
  const blocks: Block[] = [];
  let bare: YamlDict[] = [];
  const flush = (): void => {
    if (bare.length > 0) blocks.push(implicitBlock(loading, bare, place));
    bare = [];
  };
  for (const item of node.items) {
    if (item.kind === 'dict' && !isBlock(item)) bare.push(item);
    else {
      flush();
      if (item.kind === 'dict') blocks.push(loadBlock(loading, item, place));
      else if (item.value !== null) reportMalformed(loading, item, place.what);
    }
  }
  flush();
  return blocks;
}

function notAList(node: YamlNode, what: string): string {
  return `${what}: ${repr(node.value)} should be a list or None but is <class '${typeName(node.value)}'>`;
}

function reportMalformed(loading: Loading, node: YamlNode, what: string): void {
  report(loading, {
    code: 'malformed-block',
    message: `A malformed block was encountered while loading ${what}`,
    position: node.position,
    hint: `Expected ${node.kind === 'dict' ? 'a list of tasks' : 'a task, which is a mapping'}, found ${typeName(node.value)}.`,
  });
}

function isBlock(node: YamlDict): boolean {
  return SECTIONS.some((section) => node.entries.has(section));
}

function implicitBlock(loading: Loading, items: readonly YamlDict[], place: Place): Block {
  const [first] = items;
  if (first === undefined) throw new Error('a block around no tasks');
  const tasks: Node[] = [];
  const block: Block = {
    kind: 'block',
    name: undefined,
    keywords: {},
    tasks,
    rescue: [],
    always: [],
    parent: place.parent,
    role: place.role,
    isImplicit: true,
    position: first.position,
  };
  for (const item of items) tasks.push(...loadNode(loading, item, { ...place, parent: block }));
  return block;
}

function loadBlock(loading: Loading, node: YamlDict, place: Place): Block {
  checkKeywords(loading, node, { owner: 'Block' });
  const sections: Record<(typeof SECTIONS)[number], Node[]> = { block: [], rescue: [], always: [] };
  const block: Block = {
    kind: 'block',
    name: node.value.get('name'),
    keywords: loadKeywords(loading, node, 'Block'),
    tasks: sections.block,
    rescue: sections.rescue,
    always: sections.always,
    parent: place.parent,
    role: place.role,
    isImplicit: false,
    position: node.position,
  };
  for (const section of SECTIONS) {
    const entry = node.entries.get(section);
    if (entry === undefined) continue;
    const what = section === 'block' ? 'a block' : section;
    sections[section].push(...loadNodes(loading, entry.node, { ...place, parent: block, what }));
    if (section !== 'block' && block.tasks.length === 0 && sections[section].length > 0) {
      const message = `'${section}' keyword cannot be used without 'block'`;
      report(loading, { code: 'malformed-block', message, position: entry.key });
    }
  }
  return block;
}

function loadNodes(loading: Loading, node: YamlNode, place: Place): readonly Node[] {
  if (node.kind !== 'list') {
    reportMalformed(loading, node, notAList(node, place.what));
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'dict') return loadNode(loading, item, place);
    reportMalformed(loading, item, place.what);
    return [];
  });
}

function loadNode(loading: Loading, node: YamlDict, place: Place): readonly Node[] {
  if (isBlock(node)) {
    if (!place.isHandler) return [loadBlock(loading, node, place)];
    const message = 'Using a block as a handler is not supported.';
    report(loading, { code: 'malformed-block', message, position: node.position });
    return [];
  }
  const task = loadTask(loading, node, place);
  return task === undefined ? [] : expandImport(loading, task, place);
}
