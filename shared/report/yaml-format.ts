/** How the terminal report writes YAML: a port, since the emitter stands on the floor of the templates. */

import type { Value } from '../base/value.ts';

export type YamlFormat = (value: Value, options: YamlFormatOptions) => string;

export type YamlFormatOptions = {
  /** Spaces per level, and of the margin on the left. */
  readonly indent?: number;
  /** Whether texts may be changed so that they can stand as blocks. */
  readonly isLossy: boolean;
};
