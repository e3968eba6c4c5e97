/** What `--diff` shows of a result: unified diffs of before and after, prepared diffs, and why there is none. */

import { formatJson } from '../base/json.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import type { ReportOptions } from '../wire/run-event.ts';
import type { ColourRole } from './colour.ts';
import { unifiedDiff } from './unified-diff.ts';
import type { YamlFormat } from './yaml-format.ts';

export type DiffTextOptions = Pick<ReportOptions, 'diffContext' | 'prettyResults' | 'resultFormat'> & {
  readonly formatYaml: YamlFormat;
  readonly paint: (text: string, colour: ColourRole) => string;
};

/** The text of a result's `diff`, a dict or a list of dicts; empty when there is nothing to show. */
export function diffText(diff: Value, options: DiffTextOptions): string {
  const parts = Array.isArray(diff) ? diff : [diff];
  return parts
    .filter(isDict)
    .map((part) => onePart(part, options))
    .join('');
}

function onePart(part: Dict, options: DiffTextOptions): string {
  const prepared = part.get('prepared');
  return reasons(part) + changedLines(part, options) + (typeof prepared === 'string' ? prepared : '');
}

function reasons(part: Dict): string {
  let text = '';
  if (part.has('dst_binary')) text += 'diff skipped: destination file appears to be binary\n';
  if (part.has('src_binary')) text += 'diff skipped: source file appears to be binary\n';
  const destination = part.get('dst_larger');
  if (destination !== undefined) {
    text += `diff skipped: destination file size is greater than ${formatJson(destination)}\n`;
  }
  const source = part.get('src_larger');
  if (source !== undefined) text += `diff skipped: source file size is greater than ${formatJson(source)}\n`;
  return text;
}

function changedLines(part: Dict, options: DiffTextOptions): string {
  const before = part.get('before');
  const after = part.get('after');
  if (before === undefined || after === undefined) return '';
  const lines = unifiedDiff(linesOf(sideText(before, options)), linesOf(sideText(after, options)), {
    from: headerText('before', part.get('before_header')),
    to: headerText('after', part.get('after_header')),
    context: options.diffContext,
  });
  if (lines.length === 0) return '';
  return `${lines.map((line) => paintedLine(line, options)).join('')}\n`;
}

function headerText(side: string, header: Value | undefined): string {
  return header === undefined ? side : `${side}: ${typeof header === 'string' ? header : formatJson(header)}`;
}

/** Structures are compared as text; null as the empty file. */
function sideText(side: Value, options: DiffTextOptions): string {
  if (side === null) return '';
  if (typeof side === 'string') return side;
  if (options.resultFormat === 'json') return `${formatJson(side, { sortKeys: true, indent: 4 })}\n`;
  return `${options.formatYaml(side, { indent: 4, isLossy: options.prettyResults !== false })}\n`;
}

/** Characters that end a line for Python, beside the pair of carriage return and line feed. */
const LINE_ENDS = new Set('\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029');

/** Lines with their ends, as Python splits text; a missing last line end is said. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const isPair = text[at] === '\r' && text[at + 1] === '\n';
    if (isPair || !LINE_ENDS.has(text.charAt(at))) continue;
    lines.push(text.slice(start, at + 1));
    start = at + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  const last = lines.at(-1);
  if (last !== undefined && !last.endsWith('\n')) {
    lines[lines.length - 1] = `${last}\n\\ No newline at end of file\n`;
  }
  return lines;
}

function paintedLine(line: string, options: DiffTextOptions): string {
  if (line.startsWith('+')) return options.paint(line, 'diff_add');
  if (line.startsWith('-')) return options.paint(line, 'diff_remove');
  return line.startsWith('@@') ? options.paint(line, 'diff_lines') : line;
}
