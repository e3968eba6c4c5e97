/** Which modules may run a second time; apart from the modules themselves, which few runs load. */

import type { Dict } from '../../../shared/base/value.ts';
import { textArgument } from '../actions/arguments.ts';
import { ownName } from './own-name.ts';

/** Those that change something; others read, or there are none of that name. */
const CHANGERS = new Set(['command', 'copy', 'file', 'shell', 'tempfile', 'uri']);

/** Whether running it a second time does no harm. */
export function isRepeatable(name: string, args: Dict, isCheck: boolean): boolean {
  const own = ownName(name);
  if (isCheck || !CHANGERS.has(own)) return true;
  return own === 'uri' && /^(GET|HEAD|OPTIONS)$/i.test(textArgument(args, 'method') ?? 'GET');
}
