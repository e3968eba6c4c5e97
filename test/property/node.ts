/** Random texts as trees, so that a text that fails can be made smaller piece by piece. */

/** A piece of a template: an expression or what may stand between tags. */
export type Node = { readonly sort: 'body' | 'expression'; readonly parts: readonly (Node | string)[] };

/** An expression of texts and expressions: e`${a} + ${b}`. */
export function e(texts: TemplateStringsArray, ...nodes: readonly (Node | string)[]): Node {
  return { sort: 'expression', parts: interleave(texts, nodes) };
}

/** A part of a template's body. */
export function b(texts: TemplateStringsArray, ...nodes: readonly (Node | string)[]): Node {
  return { sort: 'body', parts: interleave(texts, nodes) };
}

function interleave(texts: readonly string[], nodes: readonly (Node | string)[]): (Node | string)[] {
  return texts.flatMap((text, index) => [text, nodes[index] ?? '']).filter((part) => part !== '');
}

/** Nodes with a text between them. */
export function joined(nodes: readonly Node[], between: string, sort: Node['sort'] = 'expression'): Node {
  return { sort, parts: nodes.flatMap((node, index) => (index === 0 ? [node] : [between, node])) };
}

/** The text of a tree. */
export function textOf(node: Node): string {
  return node.parts.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');
}

const SMALLEST: Readonly<Record<Node['sort'], readonly string[]>> = {
  body: [''],
  expression: ['1', '""', '[]'],
};

/** Trees that are smaller by one step, the smallest first: a node replaced by one inside it, or by almost nothing. */
export function* smaller(node: Node): Iterable<Node> {
  const own = textOf(node);
  for (const text of SMALLEST[node.sort]) if (text.length < own.length) yield { ...node, parts: [text] };
  for (const inner of descendants(node)) if (inner.sort === node.sort) yield inner;
  for (const [index, part] of node.parts.entries()) {
    if (typeof part === 'string') continue;
    for (const less of smaller(part)) yield { ...node, parts: node.parts.with(index, less) };
  }
}

function* descendants(node: Node): Iterable<Node> {
  for (const part of node.parts) {
    if (typeof part === 'string') continue;
    yield part;
    yield* descendants(part);
  }
}
