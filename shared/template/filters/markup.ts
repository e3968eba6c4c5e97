/** Which texts are marked as safe for HTML. */

import type { Value } from '../../base/value.ts';
import { Markup } from '../special.ts';

/** Whether a value is text made safe for HTML; text that is only to be kept verbatim is not. */
export function isHtml(value: Value): value is Markup {
  return value instanceof Markup && value.mark === 'html';
}
