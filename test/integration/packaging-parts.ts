/** What packaging-parts.test.ts compares between a bundle and the sources. */

import { inflateSync } from 'node:zlib';
import type { AgentPayload } from '../../shared/modules/agent-payload.ts';
import { parseYamlTree } from '../../shared/project/yaml-tree.ts';

export type Parts = { readonly agent: readonly unknown[]; readonly documents: readonly string[] };

/** The parts of the agent that these modules need, unpacked, and the texts of YAML as trees. */
export function readParts(agent: AgentPayload, modules: readonly string[], texts: readonly string[]): Parts {
  return {
    agent: modules.map((module) =>
      agent.native(module)?.map(({ name, kind, blob }) => [name, kind, inflateSync(blob).toString()]),
    ),
    documents: texts.map((text) => treeText(text)),
  };
}

function treeText(text: string): string {
  const tree = parseYamlTree(text, 'file.yml');
  const seen = new Set<unknown>();
  return JSON.stringify(tree, (_key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return value;
    // What a document repeats is the same object, which may even be in itself.
    if (seen.has(value)) return 'again';
    seen.add(value);
    return value instanceof Map || value instanceof Set ? [...value] : value;
  });
}
