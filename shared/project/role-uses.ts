/** Reads the entries of `roles:` and of a role's `dependencies`: names, keywords, and parameters. */

import type { Value } from '../base/value.ts';
import { keywordsOf } from './keyword-table.ts';
import { loadKeywords } from './load-keywords.ts';
import { type Loading, type RoleUse, report, typeName, writtenText } from './loading.ts';
import type { Parent } from './model.ts';
import { renderName } from './static-name.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

/** Where a list of roles stands. */
export type RoleListPlace = Pick<RoleUse, 'besides' | 'collections'> & {
  readonly parent: Parent;
  /** What is wrong when it is no list. */
  readonly notAList: string;
};

/** The roles that a list asks for; mistakes are reported. */
export function loadRoleUses(
  loading: Loading,
  node: YamlNode | undefined,
  place: RoleListPlace,
): readonly RoleUse[] {
  if (node === undefined || node.value === null) return [];
  if (node.kind !== 'list') {
    report(loading, { code: 'role-invalid', message: place.notAList, position: node.position });
    return [];
  }
  return node.items.flatMap((item) => loadUse(loading, item, place) ?? []);
}

function loadUse(loading: Loading, node: YamlNode, place: RoleListPlace): RoleUse | undefined {
  const written = writtenName(node);
  if (written === undefined) {
    const message =
      node.kind === 'dict'
        ? 'role definitions must contain a role name'
        : `Invalid role definition: ${typeName(node.value)}`;
    report(loading, { code: 'role-invalid', message, position: node.position, exitCode: 1 });
    return undefined;
  }
  if (node.kind !== 'dict' && writtenText(written)?.includes(',')) {
    const message = `Invalid old style role requirement: ${writtenText(written)}`;
    report(loading, { code: 'role-invalid', message, position: node.position });
    return undefined;
  }
  const name = renderName(loading, { value: written, at: place.parent, position: node.position });
  if (name === undefined) return undefined;
  return {
    name,
    parent: place.parent,
    position: node.position,
    params: node.kind === 'dict' ? paramsOf(node) : new Map(),
    keywords: node.kind === 'dict' ? loadKeywords(loading, node, 'RoleInclude') : {},
    from: new Map(),
    isFromInclude: false,
    allowDuplicates: undefined,
    isPublic: true,
    isValidated: true,
    collections: place.collections,
    besides: place.besides,
  };
}

function writtenName(node: YamlNode): Value | undefined {
  if (typeof node.value === 'number') return String(node.value);
  if (node.kind !== 'dict') return writtenText(node.value) === undefined ? undefined : node.value;
  const name = node.value.get('role') ?? node.value.get('name') ?? sourceName(node.value.get('src'));
  return writtenText(name) === undefined ? undefined : name;
}

/** The name that a requirement without one gets from where it is fetched: `git+https://host/some-role.git,v1`. */
function sourceName(source: Value | undefined): Value | undefined {
  const text = writtenText(source);
  if (text === undefined) return undefined;
  const [path = '', , name] = text.split(',');
  return (
    name ??
    path
      .split('/')
      .at(-1)
      ?.replace(/\.git$|\.tar\.gz$/, '')
  );
}

function paramsOf(node: YamlDict): RoleUse['params'] {
  const known = keywordsOf.RoleInclude;
  return new Map([...node.value].filter(([key]) => !known.has(String(key))));
}
