import { expect, test } from 'vitest';
import { decodeSurrogateEscape } from '../../../functions/host/session/surrogate-escape.ts';

// Each expectation is what `bytes.decode('utf-8', 'surrogateescape')` gives.
test.each([
  ['plain', [0x61, 0x62], 'ab'],
  ['UTF-8 of all lengths', [0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80], 'ä€😀'],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['a Latin-1 letter', [0x61, 0xe4, 0x62], 'a\udce4b'],
  ['a sequence that breaks off', [0xe2, 0x82], '\udce2\udc82'],
  ['an overlong form', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['an encoded surrogate', [0xed, 0xa0, 0x80], '\udced\udca0\udc80'],
  ['beyond the last code point', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
  ['good and bad in turn', [0xff, 0xc3, 0xa4, 0x80, 0x61], '\udcffä\udc80a'],
])('%s', (_name, bytes, text) => {
  expect(decodeSurrogateEscape(Uint8Array.from(bytes))).toBe(text);
});
