/** The part of XPath that Python's ElementTree knows. */

import { pythonError } from '../python/error.ts';
import type { XmlElement } from './xml.ts';

type Step = (found: readonly XmlElement[]) => XmlElement[];

const TOKEN = /('[^']*'|"[^"]*")|(::|\/\/?|\.\.|\(\)|!=|[/.*:[\]()@=])|((?:\{[^}]+\})?[^/[\]()@!=\s]+)|\s+/g;

/** The elements below `root` that the path names, in the order of the document. Raises Python's SyntaxError. */
export function findElements(root: XmlElement, path: string): XmlElement[] {
  const whole = path.endsWith('/') ? `${path}*` : path;
  if (whole.startsWith('/')) throw pythonError('SyntaxError', 'cannot use absolute path on element');
  const parents = new Map(
    descendants(root).flatMap((each) => childrenOf(each).map((child) => [child, each] as const)),
  );
  let found: XmlElement[] = [root];
  for (const step of stepsOf(whole, parents)) found = [...new Set(step(found))];
  return found;
}

function childrenOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string');
}

/** The element and all below it. */
function descendants(element: XmlElement): XmlElement[] {
  return [element, ...childrenOf(element).flatMap(descendants)];
}

/** All text of an element and of those in it. */
function wholeText(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : wholeText(child))).join('');
}

function stepsOf(path: string, parents: ReadonlyMap<XmlElement, XmlElement>): Step[] {
  const tokens = [...path.matchAll(TOKEN)].map(([token]) => token).filter((token) => token.trim() !== '');
  const steps: Step[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    if (token === '/' || token === '.') continue;
    if (token === '//') {
      at++;
      const name = tokens[at] ?? '*';
      steps.push((found) => found.flatMap((each) => descendants(each).slice(1)).filter(isNamed(name)));
    } else if (token === '..') {
      steps.push((found) => found.flatMap((each) => parents.get(each) ?? []));
    } else if (token === '[') {
      const end = tokens.indexOf(']', at);
      if (end < 0) throw pythonError('SyntaxError', 'invalid predicate');
      steps.push(predicate(tokens.slice(at + 1, end), parents));
      at = end;
    } else steps.push((found) => found.flatMap(childrenOf).filter(isNamed(token)));
  }
  return steps;
}

function isNamed(name: string): (element: XmlElement) => boolean {
  return (element) => name === '*' || element.name === name;
}

function predicate(tokens: readonly string[], parents: ReadonlyMap<XmlElement, XmlElement>): Step {
  const [first = '', second, third] = tokens;
  const last = tokens.at(-1) ?? '';
  const wanted = /^['"]/.test(last) ? last.slice(1, -1) : undefined;
  const isOther = tokens.includes('!=');
  const isSame = (text: string | undefined): boolean => (text === wanted) !== isOther;
  if (first === '@') {
    const name = second ?? '';
    return keep((each) => {
      const value = each.attributes.get(name);
      return value !== undefined && (third === undefined || isSame(value));
    });
  }
  if (first === '.' && wanted !== undefined) return keep((each) => isSame(wholeText(each)));
  if (/^-?\d+$/.test(first) || first === 'last') {
    return keep((each) => isAt(each, parents.get(each), tokens.join('')));
  }
  const inner = isNamed(first);
  if (wanted === undefined) return keep((each) => childrenOf(each).some(inner));
  return keep((each) => childrenOf(each).some((child) => inner(child) && isSame(wholeText(child))));
}

function keep(isWanted: (element: XmlElement) => boolean): Step {
  return (found) => found.filter(isWanted);
}

/** Whether it stands at that place among those of its name: a number from one, `last()` or `last()-1`. */
function isAt(element: XmlElement, parent: XmlElement | undefined, place: string): boolean {
  const alike = parent === undefined ? [] : childrenOf(parent).filter(isNamed(element.name));
  const fromEnd = /^last\(\)(?:-(\d+))?$/.exec(place);
  const index = fromEnd === null ? Number(place) - 1 : alike.length - 1 - Number(fromEnd[1] ?? 0);
  return alike[index] === element;
}
