/** Writes results as YAML for `callback_result_format=yaml`: block style for texts of several lines. */

import type { Value } from '../shared/base/value.ts';
import type { YamlFormat } from '../shared/report/yaml-format.ts';
import { emitYaml, type YamlNode } from '../shared/template/filters/yaml-emitter.ts';
import { representYaml } from '../shared/template/filters/yaml-represent.ts';
import { stripEnd } from '../shared/template/python/whitespace.ts';

/** libyaml takes no smaller one, and this one when none is given. */
const INDENT_MIN = 2;
const DEFAULT_MARGIN = 4;
const WIDTH = 80;
const TAB = 8;
const BREAK = /[\n\u0085\u2028\u2029]/;

/** The YAML of a value, moved to the right by its own indent. */
export const formatResultYaml: YamlFormat = (value, { indent, isLossy }) => {
  const node = withBlocks(plainNode(value), isLossy);
  const yaml = emitYaml(node, {
    indent: indent === undefined || indent < INDENT_MIN ? INDENT_MIN : indent,
    width: WIDTH,
    isUnicode: true,
    explicitStart: false,
    explicitEnd: false,
    canonical: false,
  });
  return yaml.replace(/^(?=.*\S)/gm, ' '.repeat(indent ?? DEFAULT_MARGIN));
};

function plainNode(value: Value): YamlNode {
  return representYaml(value, { isFlow: false, defaultStyle: '', sortKeys: true });
}

/** Texts with line ends as literal blocks; when `isLossy`, changed so that YAML allows it. */
function withBlocks(node: YamlNode, isLossy: boolean): YamlNode {
  switch (node.kind) {
    case 'alias':
      return node;
    case 'sequence':
      return { ...node, items: node.items.map((item) => withBlocks(item, isLossy)) };
    case 'mapping':
      return {
        ...node,
        entries: node.entries.map(([key, value]) => [withBlocks(key, isLossy), withBlocks(value, isLossy)]),
      };
    case 'scalar':
      if (node.tag !== undefined || !BREAK.test(node.text)) return node;
      return { ...node, style: '|', text: isLossy ? blockText(node.text) : node.text };
    default:
      return node satisfies never;
  }
}

/** YAML's blocks hold no tabs, no control characters and no spaces at the ends of lines. */
function blockText(text: string): string {
  return expandTabs(stripEnd(text))
    .replace(/[^\n\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10fffe}]|\ufeff/gu, '')
    .replace(/ +(?=[\n\u0085\u2028\u2029])/g, '');
}

function expandTabs(text: string): string {
  let column = 0;
  return text.replace(/\t|[^\t]/gu, (character) => {
    if (character !== '\t') {
      column = character === '\n' || character === '\r' ? 0 : column + 1;
      return character;
    }
    const spaces = TAB - (column % TAB);
    column += spaces;
    return ' '.repeat(spaces);
  });
}
