/** Encodings of one byte for each character: ASCII, Latin-1, those of Windows, of ISO 8859 and KOI8-R. */

/** An encoding. */
export type SingleByte = {
  /** How Python's messages call it. */
  readonly name: string;
  /** Why something cannot be encoded or decoded. */
  readonly reason: string;
  /** The characters of the 256 bytes; empty where a byte stands for none. */
  readonly characters: readonly string[];
  readonly bytes: ReadonlyMap<string, number>;
};

const PLAIN_NAMES: ReadonlyMap<string, SingleByte> = new Map(
  [
    { names: ['ascii', 'us-ascii'], end: 128 },
    { names: ['latin-1', 'latin1', 'iso-8859-1', 'iso8859-1'], end: 256 },
  ].flatMap(({ names, end }) => {
    const characters = Array.from({ length: 256 }, (_, byte) =>
      byte < end ? String.fromCharCode(byte) : '',
    );
    const encoding = make(names[0] ?? '', `ordinal not in range(${end})`, characters);
    return names.map((name) => [name, encoding] as const);
  }),
);

const TABLE_NAMES = /^(?:windows-?|cp)(125[0-8])$|^(iso)-?(8859-(?:[2-7]|10|1[3-6]))$|^(koi8-r)$/;
const C1_CONTROL = /[\u0080-\u009f]/;

/** The encoding that Python knows by this name in lower case with `-`; undefined for all others. */
export function singleByteEncoding(name: string): SingleByte | undefined {
  const plain = PLAIN_NAMES.get(name);
  if (plain !== undefined) return plain;
  const [, windows, iso, part, koi] = TABLE_NAMES.exec(name) ?? [];
  const label = windows === undefined ? (iso === undefined ? koi : `${iso}-${part}`) : `windows-${windows}`;
  if (label === undefined) return undefined;
  const decoder = new TextDecoder(label);
  const characters = Array.from({ length: 256 }, (_, byte) => {
    const char = decoder.decode(Uint8Array.of(byte));
    const isUnused = char === '\ufffd' || (windows !== undefined && C1_CONTROL.test(char));
    return isUnused ? '' : char;
  });
  return make('charmap', 'character maps to <undefined>', characters);
}

function make(name: string, reason: string, characters: readonly string[]): SingleByte {
  const entries = characters.map((char, byte) => [char, byte] as const);
  return { name, reason, characters, bytes: new Map(entries.filter(([char]) => char !== '')) };
}
