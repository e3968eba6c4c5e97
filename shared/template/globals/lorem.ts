/** `lipsum()`: filler text. */

import { checkTextSize } from '../python/arithmetic.ts';
import { valueError } from '../python/error.ts';
import { Markup } from '../python/special.ts';

const WORDS =
  'a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit class commodo condimentum congue consectetuer consequat conubia convallis cras cubilia cum curabitur curae dapibus diam dictum dignissim dis dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam eu euismod facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant hac hendrerit hymenaeos iaculis id imperdiet in inceptos integer interdum ipsum justo lacinia lacus laoreet lectus leo libero ligula litora lobortis lorem luctus maecenas magna magnis malesuada massa mattis mauris metus mi molestie mollis montes morbi mus nam nascetur natoque nec neque netus nibh nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient pede pellentesque penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti praesent pretium primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum sagittis sapien scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin suscipit suspendisse taciti tellus tempor tempus tincidunt torquent tortor tristique turpis ullamcorper ultrices ultricies urna ut varius vehicula vel velit venenatis vestibulum vitae vivamus viverra volutpat vulputate'.split(
    ' ',
  );

const LETTERS_OF_A_WORD = 12;

/** How much text, and of what kind. */
export type LoremOptions = {
  readonly paragraphs: number;
  readonly isHtml: boolean;
  /** Fewest and most words of a paragraph. */
  readonly min: number;
  readonly max: number;
};

/** Paragraphs of words in random order; as HTML they come in `<p>` tags. */
export function generateLorem(
  options: LoremOptions,
  randomBytes: (length: number) => Uint8Array,
): string | Markup {
  const { min, max, paragraphs: count } = options;
  if (count > 0 && max <= min) throw valueError(`empty range for randrange() (${min}, ${max}, ${max - min})`);
  checkTextSize(count * max * LETTERS_OF_A_WORD);
  const random = (below: number): number => {
    const [a = 0, b = 0] = randomBytes(2);
    return (a * 256 + b) % Math.max(1, below);
  };
  const paragraphs = Array.from({ length: options.paragraphs }, () =>
    paragraph(min + random(max - min), random),
  );
  if (!options.isHtml) return paragraphs.join('\n\n');
  return new Markup(paragraphs.map((text) => `<p>${text}</p>`).join('\n'));
}

function paragraph(size: number, random: (below: number) => number): string {
  let text = '';
  let untilStop = 0;
  for (let index = 0; index < size; index++) {
    const word = WORDS[random(WORDS.length)] ?? 'lorem';
    const startsSentence = untilStop === 0;
    if (startsSentence) untilStop = 6 + random(10);
    text += (index > 0 ? ' ' : '') + (startsSentence ? word[0]?.toUpperCase() + word.slice(1) : word);
    untilStop--;
    if (untilStop === 0 || index === size - 1) text += '.';
    else if (untilStop % 5 === 2) text += ',';
  }
  return text;
}
