/** `stat`: facts about a file. */

import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import type { Dict, Value } from '../../../shared/base/value.ts';
import { digestOf, followed, statFields } from './file-state.ts';
import { type LocalContext, type LocalModule, ModuleFailure } from './local-module.ts';
import { account, at, type DiskPath, decodePath } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments } from './module-arguments.ts';
import { osErrorOf, tried } from './os-error.ts';
import { runProcess } from './run-process.ts';

const RULES: ArgumentRules = {
  path: { type: 'path', isRequired: true, aliases: ['dest', 'name'] },
  follow: { type: 'bool', default: false },
  get_md5: { type: 'bool', default: false },
  get_checksum: { type: 'bool', default: true },
  get_mime: { type: 'bool', default: true, aliases: ['mime', 'mime_type', 'mime-type'] },
  get_attributes: { type: 'bool', default: true, aliases: ['attr', 'attributes'] },
  checksum_algorithm: {
    default: 'sha1',
    choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    aliases: ['checksum', 'checksum_algo'],
  },
};

/** Gives the facts, with only `exists: false` for what is not there. */
export const stat: LocalModule = async (args, context) => {
  const params = checkModuleArguments({ module: 'stat', rules: RULES }, args, context);
  const shown = params.givenText('path');
  const path = at(context, shown);
  const look = params.flag('follow') ? statSync : lstatSync;
  const looked = tried(() => look(path, { bigint: true }));
  if ('problem' in looked) {
    if (looked.problem.code !== 'ENOENT') throw new ModuleFailure(looked.problem.text);
    return new Map([['stat', new Map([['exists', false]])]]);
  }
  const stats = looked.value;
  const facts: Dict = new Map<Value, Value>([['exists', true], ['path', shown], ...statFields(stats)]);
  for (const [name, right] of RIGHTS) facts.set(name, mayAccess(path, right));
  if (stats.isSymbolicLink()) addLink(facts, shown, context);
  addNames(facts, Number(stats.uid), Number(stats.gid));
  if (stats.isFile() && facts.get('readable') === true) {
    if (params.flag('get_md5')) facts.set('md5', digestOf(path, 'md5'));
    if (params.flag('get_checksum'))
      facts.set('checksum', digestOf(path, params.givenText('checksum_algorithm')));
  }
  if (params.flag('get_mime'))
    for (const [name, value] of await mimeOf(shown, context)) facts.set(name, value);
  // Flags are told where lsattr is installed, which it is on no function's machine.
  if (params.flag('get_attributes'))
    for (const [name, value] of NO_FLAGS) facts.set(name, Array.isArray(value) ? [] : value);
  return new Map([['stat', facts]]);
};

const RIGHTS = [
  ['readable', constants.R_OK],
  ['writeable', constants.W_OK],
  ['executable', constants.X_OK],
] as const;

const NO_FLAGS: readonly (readonly [string, Value])[] = [
  ['version', null],
  ['attributes', []],
  ['attr_flags', ''],
];

function mayAccess(path: DiskPath, right: number): boolean {
  try {
    accessSync(path, right);
    return true;
  } catch {
    return false;
  }
}

function addLink(facts: Dict, path: string, context: LocalContext): void {
  facts.set('lnk_target', decodePath(readlinkSync(at(context, path), 'buffer')));
  facts.set('lnk_source', followed(context, path));
}

function addNames(facts: Dict, uid: number, gid: number): void {
  const [user] = account('passwd', uid) ?? [];
  const [group] = account('group', gid) ?? [];
  if (user !== undefined) facts.set('pw_name', user);
  if (group !== undefined) facts.set('gr_name', group);
}

type Mime = readonly (readonly ['charset' | 'mimetype', string])[];

const UNKNOWN: Mime = [
  ['mimetype', 'unknown'],
  ['charset', 'unknown'],
];

async function mimeOf(path: string, context: LocalContext): Promise<Mime> {
  const { directory } = context;
  try {
    const words = ['file', '--mime-type', '--mime-encoding', path];
    const { code, stdout } = await runProcess({ words, directory }, context);
    const [type = '', set = ''] = stdout.toString().split(':').at(-1)?.split(';') ?? [];
    const [, charset] = set.split('=');
    if (code !== 0 || charset === undefined) return UNKNOWN;
    return [
      ['mimetype', type.trim()],
      ['charset', charset.trim()],
    ];
  } catch (error) {
    if (osErrorOf(error) === undefined) throw error;
    return UNKNOWN;
  }
}
