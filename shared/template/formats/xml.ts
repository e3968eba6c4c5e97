/** XML texts as elements: well-formed ones only, without entities of their own. */

/** An element; what stands between its tags is its own text or further elements. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
};

/** Why a text is no XML. */
export class XmlError extends Error {}

const NAME = String.raw`[\p{L}_:][\p{L}\p{N}\p{M}_:.\-·]*`;
const TAG = new RegExp(String.raw`<(${NAME})((?:\s+${NAME}\s*=\s*(?:"[^<"]*"|'[^<']*'))*)\s*(/?)>`, 'uy');
const END_TAG = new RegExp(String.raw`</(${NAME})\s*>`, 'uy');
const ATTRIBUTE = new RegExp(String.raw`(${NAME})\s*=\s*(?:"([^"]*)"|'([^']*)')`, 'gu');
const COMMENT = /<!--(?:(?!--).)*-->/sy;
const CDATA = /<!\[CDATA\[((?:(?!\]\]>).)*)\]\]>/sy;
const INSTRUCTION = new RegExp(String.raw`<\?(?!xml[\s?])${NAME}(?:\s(?:(?!\?>).)*)?\?>`, 'isuy');
const QUOTED = (pattern: string): string => `(?:"${pattern}"|'${pattern}')`;
const DECLARATION = new RegExp(
  String.raw`^\ufeff?(?:<\?xml\s+version\s*=\s*${QUOTED('[\\w.:-]+')}(?:\s+encoding\s*=\s*${QUOTED('[A-Za-z][\\w.-]*')})?` +
    String.raw`(?:\s+standalone\s*=\s*${QUOTED('(?:yes|no)')})?\s*\?>)?`,
);
const DOCTYPE = /<!DOCTYPE\s+(?:[^[<>"']|"[^"]*"|'[^']*')*(?:\[[^\]]*\]\s*)?>/y;
const TEXT = /[^<]+/y;

const REFERENCE = new RegExp(`^(?:#\\w+|${NAME})$`, 'u');
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

type OpenElement = {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: (XmlElement | string)[];
};

/** The root element; throws {@link XmlError}. */
export function parseXml(text: string): XmlElement {
  return new XmlReader(text.replace(/\r\n?/g, '\n')).read();
}

/** Lives as long as one text is read. */
class XmlReader {
  readonly #text: string;
  readonly #open: OpenElement[] = [];
  #at: number;
  #root: XmlElement | undefined;
  /** The document type: entities that are declared in it, or may be outside of it, are left out of texts. */
  #doctype: string | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#at = DECLARATION.exec(text)?.[0].length ?? 0;
  }

  read(): XmlElement {
    while (this.#at < this.#text.length) this.#readNext();
    if (this.#root === undefined || this.#open.length > 0) throw new XmlError('no element found');
    return this.#root;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #readNext(): void {
    const [, start, attributes = '', slash] = this.#match(TAG) ?? [];
    const [, end] = start === undefined ? (this.#match(END_TAG) ?? []) : [];
    const [text] = start === undefined && end === undefined ? (this.#match(TEXT) ?? []) : [];
    if (start !== undefined) this.#startElement(start, attributes, slash === '/');
    else if (end !== undefined) this.#endElement(end);
    else if (text !== undefined) this.#addText(text);
    else this.#readMark();
  }

  #readMark(): void {
    if (this.#match(COMMENT) !== undefined || this.#match(INSTRUCTION) !== undefined) return;
    const element = this.#open.at(-1);
    const [, data] = element === undefined ? [] : (this.#match(CDATA) ?? []);
    if (data !== undefined) {
      element?.children.push(data);
      return;
    }
    const isEarly = element === undefined && this.#root === undefined && this.#doctype === undefined;
    this.#doctype = isEarly ? this.#match(DOCTYPE)?.[0] : undefined;
    if (this.#doctype === undefined) throw new XmlError('not well-formed (invalid token)');
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined && !text.includes(']]>')) element.children.push(this.#expand(text, false));
    else if (element !== undefined || /[^ \t\n]/.test(text))
      throw new XmlError('not well-formed (invalid token)');
  }

  #startElement(name: string, written: string, isEmpty: boolean): void {
    if (this.#open.length === 0 && this.#root !== undefined)
      throw new XmlError('junk after document element');
    const attributes = new Map<string, string>();
    for (const [, key = '', double, single] of written.matchAll(ATTRIBUTE)) {
      if (attributes.has(key)) throw new XmlError('duplicate attribute');
      attributes.set(key, this.#expand((double ?? single ?? '').replace(/[\t\n]/g, ' '), true));
    }
    this.#open.push({ name, attributes, children: [] });
    if (isEmpty) this.#endElement(name);
  }

  #endElement(name: string): void {
    const element = this.#open.pop();
    if (element?.name !== name) throw new XmlError('mismatched tag');
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #expand(text: string, isAttribute: boolean): string {
    return text.replace(/&([^;&\s]*);?/g, (whole, name: string) => {
      if (!whole.endsWith(';') || !REFERENCE.test(name))
        throw new XmlError('not well-formed (invalid token)');
      const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : characterOf(name);
      if (known === undefined && (isAttribute || !this.#isDeclared(name)))
        throw new XmlError('undefined entity');
      return known ?? '';
    });
  }

  #isDeclared(name: string): boolean {
    const doctype = this.#doctype ?? '';
    const isOutside = /^<!DOCTYPE\s+[^\s[>]+\s+(?:SYSTEM|PUBLIC)\s/.test(doctype);
    return isOutside || [...doctype.matchAll(/<!ENTITY\s+(\S+)/g)].some(([, declared]) => declared === name);
  }
}

/** The character of `#10` or `#xa`. */
function characterOf(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? [];
  if (hex === undefined && decimal === undefined) return undefined;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const isAllowed = code === 9 || code === 10 || code === 13 || (code >= 32 && code <= 0x10ffff);
  if (!isAllowed || (code >= 0xd800 && code < 0xe000))
    throw new XmlError('reference to invalid character number');
  return String.fromCodePoint(code);
}

/** Text with its marks escaped. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The value of an attribute in the quotes that suit it. */
export function quoteXml(value: string): string {
  const text = escapeXml(value).replace(/[\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);
  if (!text.includes('"')) return `"${text}"`;
  return text.includes("'") ? `"${text.replaceAll('"', '&quot;')}"` : `'${text}'`;
}
