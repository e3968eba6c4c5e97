/** Reads the keywords that plays, blocks, roles and tasks share, and reports the ones that do not exist. */

import type { Position } from '../base/diagnostic.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import { asTemplate, Template } from '../template/python/special.ts';
import { didYouMean } from './did-you-mean.ts';
import { type KeywordOwner, keywordsOf, plainKeywords } from './keyword-table.ts';
import { type Loading, report, typeName, writtenText } from './loading.ts';
import type { Keywords } from './model.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

type Draft = { -readonly [K in keyof Keywords]: Keywords[K] };

const TEXT_KEYWORDS = new Set([
  'become_exe',
  'become_flags',
  'become_method',
  'become_user',
  'connection',
  'debugger',
  'delegate_to',
  'fact_path',
  'name',
  'order',
  'register',
  'remote_user',
  'strategy',
]);

const PYTHON_KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** Reports every key of `node` that `owner` does not have. `isExtra` lets further keys through. */
export function checkKeywords(
  loading: Pick<Loading, 'diagnostics'>,
  node: YamlDict,
  allowed: { readonly owner: KeywordOwner; readonly isExtra?: (key: string) => boolean },
): void {
  const known = keywordsOf[allowed.owner];
  for (const [key, entry] of node.entries) {
    const name = String(key);
    if (known.has(name) || allowed.isExtra?.(name)) continue;
    report(loading, {
      code: 'keyword-unknown',
      message: `'${name}' is not a valid attribute for a ${allowed.owner}`,
      position: entry.key,
      hint: didYouMean(name, known),
    });
  }
}

/** The shared keywords among the entries of `node`. */
export function loadKeywords(
  loading: Pick<Loading, 'diagnostics'>,
  node: YamlDict,
  owner: KeywordOwner,
): Keywords {
  const draft: Draft = {};
  for (const [key, { node: child }] of node.entries) {
    const name = String(key);
    const plain = plainKeywords.get(name);
    if (keywordsOf[owner].has(name)) checkType(loading, name, child);
    if (plain !== undefined) draft[plain] = child.value;
    else if (name === 'tags') draft.tags = loadTags(loading, child);
    else if (name === 'when') draft.when = loadNames(child.value);
    else if (name === 'vars') draft.vars = loadVars(loading, child, owner);
    else if (name === 'notify') draft.notify = loadNames(child.value);
  }
  return draft;
}

function checkType(loading: Pick<Loading, 'diagnostics'>, name: string, node: YamlNode): void {
  if (TEXT_KEYWORDS.has(name)) checkText(loading, name, node);
  if (name === 'collections') checkCollections(loading, node);
  if (name === 'module_defaults') checkModuleDefaults(loading, node);
}

function checkCollections(loading: Pick<Loading, 'diagnostics'>, node: YamlNode): void {
  const items = node.kind === 'list' ? node.items : [node];
  for (const item of items) {
    if (item.value === null && item === node) continue;
    if (writtenText(item.value) !== undefined) continue;
    report(loading, {
      code: 'keyword-type',
      message: `the field 'collections' should be a list of (<class 'str'>,), but an item is a <class '${typeName(item.value)}'>`,
      position: item.position,
    });
  }
}

function checkModuleDefaults(loading: Pick<Loading, 'diagnostics'>, node: YamlNode): void {
  const items = node.kind === 'list' ? node.items : [node];
  if (node.value === null || items.every((item) => item.kind === 'dict')) return;
  report(loading, {
    code: 'keyword-type',
    message:
      "The field 'module_defaults' is supposed to be a dictionary or list of dictionaries, the keys of which must be static action, module, or group names. Only the values may contain templates.",
    position: node.position,
  });
}

function checkText(loading: Pick<Loading, 'diagnostics'>, name: string, node: YamlNode): void {
  if (node.kind === 'scalar') return;
  report(loading, {
    code: 'keyword-type',
    message: `The field '${name}' is supposed to be a string type, however the incoming data structure is a ${typeName(node.value)}`,
    position: node.position,
  });
}

/** One value or a list of them as a list. */
export function asList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [value];
}

/** As {@link asList}, where null is no entry: handler names, conditions. */
export function loadNames(value: Value): readonly Value[] {
  return asList(value).filter((item) => item !== null);
}

function loadTags(loading: Pick<Loading, 'diagnostics'>, node: YamlNode): readonly Value[] {
  if (node.kind === 'list') return node.value;
  const text = node.kind === 'scalar' ? writtenText(node.value) : undefined;
  if (text === undefined) {
    report(loading, {
      code: 'keyword-type',
      message: 'tags must be specified as a list',
      position: node.position,
      exitCode: 1,
    });
    return [];
  }
  return splitTags(text, node.value instanceof Template ? node.position : undefined);
}

/** Tags written as one text with commas; templates among them stay templates when `position` is given. */
function splitTags(text: string, position: Position | undefined): readonly Value[] {
  return text
    .split(',')
    .map((tag) => (position === undefined ? tag.trim() : asTemplate(tag.trim(), position)));
}

/** `vars` as one dict: a dict, or a list of dicts of which later ones win. */
function loadVars(loading: Pick<Loading, 'diagnostics'>, node: YamlNode, owner: KeywordOwner): Dict {
  if (node.value === null) return new Map();
  const parts = node.kind === 'list' ? node.items : [node];
  const vars: Dict = new Map();
  for (const part of parts) {
    if (part.kind !== 'dict') {
      report(loading, {
        code: 'vars-invalid',
        message: `Vars in a ${owner} must be specified as a dictionary, or a list of dictionaries`,
        position: part.position,
      });
      continue;
    }
    for (const [key, entry] of part.entries) {
      if (!isVariableName(key)) {
        report(loading, {
          code: 'vars-invalid',
          message: `Invalid variable name in vars specified for ${owner}: '${String(key)}' is not a valid variable name`,
          position: entry.key,
          hint: 'A variable name has letters, digits and underscores, and does not start with a digit.',
        });
      }
      vars.set(key, entry.node.value);
    }
  }
  return vars;
}

function isVariableName(key: Value): boolean {
  return typeof key === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !PYTHON_KEYWORDS.has(key);
}

/** The node of a value that came without positions: everything in it stands at `position`. */
export function nodeOfValue(value: Value, position: Position): YamlNode {
  if (Array.isArray(value)) {
    return { kind: 'list', items: value.map((item) => nodeOfValue(item, position)), value, position };
  }
  if (!isDict(value)) return { kind: 'scalar', value, position };
  const entries = new Map(
    [...value].map(([key, item]) => [key, { key: position, node: nodeOfValue(item, position) }] as const),
  );
  return { kind: 'dict', entries, value, position };
}
