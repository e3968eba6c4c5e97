/** Reads `vars_prompt`: what a play asks its user before it starts. */

import type { Value } from '../base/value.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Loading, report, writtenText } from './loading.ts';
import type { VarsPrompt } from './model.ts';
import { isTrue } from './written-flag.ts';
import type { YamlDict, YamlNode } from './yaml-node.ts';

const KEYS = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe'];

/** The questions of a play, in order. */
export function loadVarsPrompt(
  loading: Pick<Loading, 'diagnostics'>,
  node: YamlNode | undefined,
): readonly VarsPrompt[] {
  if (node === undefined || node.value === null) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) =>
    item.kind === 'dict' ? (loadPrompt(loading, item) ?? []) : refuse(loading, item),
  );
}

function refuse(loading: Pick<Loading, 'diagnostics'>, node: YamlNode): readonly VarsPrompt[] {
  const message = 'variable files must contain either a dictionary of variables, or a list of dictionaries.';
  report(loading, { code: 'vars-invalid', message, position: node.position });
  return [];
}

function loadPrompt(loading: Pick<Loading, 'diagnostics'>, node: YamlDict): VarsPrompt | undefined {
  for (const [key, entry] of node.entries) {
    if (KEYS.includes(String(key))) continue;
    report(loading, {
      code: 'vars-invalid',
      message: `Invalid vars_prompt data structure, found unsupported key '${String(key)}'`,
      position: entry.key,
      hint: didYouMean(String(key), KEYS),
    });
  }
  const name = writtenText(node.value.get('name'));
  if (name === undefined) {
    const message = "Invalid vars_prompt data structure, missing 'name' key";
    report(loading, { code: 'vars-invalid', message, position: node.position });
    return undefined;
  }
  const read = (key: string): Value | undefined => node.value.get(key);
  const saltSize = read('salt_size');
  return {
    name,
    prompt: read('prompt') ?? name,
    isPrivate: isTrue(read('private') ?? true),
    default: read('default') ?? null,
    confirm: isTrue(read('confirm') ?? false),
    encrypt: writtenText(read('encrypt')),
    salt: writtenText(read('salt')),
    saltSize: typeof saltSize === 'number' ? saltSize : undefined,
    isUnsafe: isTrue(read('unsafe') ?? false),
  };
}
