/** Writes lines, banners, warnings and errors the way Ansible puts them on a terminal. */

import { limits } from '../base/limits.ts';
import type { Deprecation } from '../wire/run-event.ts';
import { type ColourRole, type Palette, paint } from './colour.ts';
import { textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

export type Stream = 'stderr' | 'stdout';
export type Write = (text: string, stream: Stream) => void;

export type ScreenOptions = {
  /** Absent: no colours. */
  readonly palette?: Palette;
  /** Width of the terminal; 0 when there is none. */
  readonly columns: number;
};

export type Screen = {
  readonly line: (text: string, colour?: ColourRole, stream?: Stream) => void;
  readonly banner: (text: string) => void;
  /** A warning, a deprecation and an error are printed once each, on stderr; what a task warns of, for each task. */
  readonly warning: (text: string, isOfTask?: boolean) => void;
  readonly deprecated: (text: string, about: Deprecation) => void;
  readonly error: (text: string) => void;
  /** `text` in a colour, when there are colours. */
  readonly paint: (text: string, colour: ColourRole) => string;
  readonly hasColour: boolean;
};

/** A screen over `write`; it remembers which warnings it has shown. */
export function createScreen(options: ScreenOptions, write: Write): Screen {
  const columns = Math.max(limits.bannerColumnsMin, options.columns - 1);
  const shown = new Set<string>();
  const { palette } = options;
  const painted = (text: string, colour: ColourRole): string =>
    palette === undefined ? text : paint(text, palette[colour]);
  const line: Screen['line'] = (text, colour, stream = 'stdout') => {
    const bare = text.endsWith('\n') ? text.slice(0, -1) : text;
    write(`${colour === undefined ? bare : painted(bare, colour)}\n`, stream);
  };
  const once = (text: string, colour: ColourRole, isRepeated = false): void => {
    if (shown.has(text)) return;
    if (!isRepeated) shown.add(text);
    line(text, colour, 'stderr');
  };
  return {
    line,
    banner: (text) => line(bannerText(text, columns)),
    warning: (text, isOfTask) =>
      once(`${wrapText(`[WARNING]: ${text}`, { columns }).join('\n')}\n`, 'warn', isOfTask),
    deprecated: (text, about) => {
      const message = deprecationText(text, about);
      once(wrapText(message, { columns, keepsSpaces: true }).join('\n').trim(), 'deprecate');
    },
    error: (text) => once(`ERROR! ${text}`, 'error'),
    paint: painted,
    hasColour: palette !== undefined,
  };
}

/** A heading, filled up with stars to the width of the terminal; three stars at least. */
function bannerText(text: string, columns: number): string {
  const heading = text.trim();
  return `\n${heading} ${'*'.repeat(Math.max(columns - textWidth(heading), limits.bannerStarsMin))}`;
}

function deprecationText(text: string, about: Deprecation): string {
  const message = text.trim();
  const collection = about.collection === 'ansible.builtin' ? 'ansible-core' : about.collection;
  return [
    `[DEPRECATION WARNING]: ${message}${message === '' || /[!?.]$/.test(message) ? '' : '.'}`,
    'This feature will be removed',
    ...(collection === undefined ? [] : [`from ${collection}`]),
    removalTime(about),
    'Deprecation warnings can be disabled by setting deprecation_warnings=False in ansible.cfg.',
  ].join(' ');
}

function removalTime({ date, version }: Deprecation): string {
  if (date !== undefined) return `in a release after ${date}.`;
  return version === undefined ? 'in a future release.' : `in version ${version}.`;
}
