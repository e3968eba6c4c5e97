/** Which names a piece of a template reads; blocks inside it are left out. */

/** All names read anywhere below a syntax node. */
export function findNames(node: unknown, names: Set<string> = new Set()): Set<string> {
  if (Array.isArray(node)) for (const item of node) findNames(item, names);
  else if (typeof node === 'object' && node !== null && 'kind' in node) visit(node, names);
  else if (typeof node === 'object' && node !== null && !('special' in node) && !(node instanceof Map)) {
    findNames(Object.values(node), names);
  }
  return names;
}

function visit(node: { readonly kind: unknown }, names: Set<string>): void {
  if (node.kind === 'block' || node.kind === 'const') return;
  if (node.kind === 'name' && 'name' in node && typeof node.name === 'string') names.add(node.name);
  findNames(Object.values(node), names);
}
