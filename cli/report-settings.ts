/** The colours of the output, of configuration and terminal. */

import type { Config } from '../shared/project/config/load-config.ts';
import type { ColourRole, Palette } from '../shared/report/colour.ts';

const ROLES: readonly ColourRole[] = [
  'changed',
  'debug',
  'deprecate',
  'diff_add',
  'diff_lines',
  'diff_remove',
  'error',
  'ok',
  'skip',
  'unreachable',
  'verbose',
  'warn',
];

/** The configured colours; undefined when the output has none: not on a terminal, or switched off. */
export function paletteOf(config: Config, isTerminal: boolean): Palette | undefined {
  const hasColour = config.flag('ANSIBLE_FORCE_COLOR') || (isTerminal && !config.flag('ANSIBLE_NOCOLOR'));
  if (!hasColour) return undefined;
  const colours = ROLES.map((role) => [role, config.text(`COLOR_${role.toUpperCase()}`) ?? 'normal']);
  return Object.fromEntries(colours);
}
