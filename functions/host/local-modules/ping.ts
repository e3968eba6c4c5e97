/** `ping`: answers with the given data. */

import type { LocalModule } from './local-module.ts';
import { checkModuleArguments } from './module-arguments.ts';

/** Gives the data; `crash` throws, as a way to see a crash. */
export const ping: LocalModule = (args, context) => {
  const rules = { data: { default: 'pong' } };
  const data = checkModuleArguments({ module: 'ping', rules }, args, context).givenText('data');
  if (data === 'crash') throw new Error('boom');
  return new Map([['ping', data]]);
};
