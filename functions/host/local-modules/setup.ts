/** `setup`: the facts of a function's machine that need no Python to be found. */

import { hostname, loadavg, machine, release, type, userInfo, version } from 'node:os';
import { compileGlob } from '../../../shared/base/glob.ts';
import { type Dict, PyFloat, type Value } from '../../../shared/base/value.ts';
import { dateOfMilliseconds, formatDate } from '../../../shared/template/dates/date-format.ts';
import { str } from '../../../shared/template/python/repr.ts';
import type { LocalContext, LocalModule } from './local-module.ts';
import { account } from './local-path.ts';
import { type ArgumentRules, checkModuleArguments } from './module-arguments.ts';

const RULES: ArgumentRules = {
  gather_subset: { type: 'list', elements: 'str', default: ['all'] },
  gather_timeout: { type: 'int', default: 10 },
  filter: { type: 'list', elements: 'str', default: [] },
  fact_path: { type: 'path', default: '/etc/ansible/facts.d' },
};

/** Gives names, user, environment and time, whatever the subset. */
export const setup: LocalModule = (args, context) => {
  const params = checkModuleArguments({ module: 'setup', rules: RULES }, args, context);
  const facts: readonly (readonly [string, Value])[] = [
    ...platform(),
    ...user(context),
    ['env', new Map(Object.entries(context.environment))],
    ['date_time', dateTime(context.clock.now())],
    ['loadavg', new Map(loadavg().map((load, index) => [LOADS[index] ?? '', new PyFloat(load)]))],
  ];
  const found: Dict = new Map(facts.map(([name, value]) => [`ansible_${name}`, value]));
  found.set('gather_subset', [...(params.list('gather_subset') ?? [])]);
  found.set('module_setup', true);
  return new Map([['ansible_facts', filtered(found, (params.list('filter') ?? []).map(str))]]);
};

const LOADS = ['1m', '5m', '15m'];

type Facts = readonly (readonly [string, Value])[];

function platform(): Facts {
  const node = hostname();
  const own = machine();
  return [
    ['system', type()],
    ['kernel', release()],
    ['kernel_version', version()],
    ['machine', own],
    ['architecture', own],
    ['nodename', node],
    ['hostname', node.split('.')[0] ?? node],
    ['fqdn', node],
    ['domain', node.split('.').slice(1).join('.')],
    ['userspace_bits', '64'],
  ];
}

function user({ environment }: LocalContext): Facts {
  const { gid, uid, username } = userInfo();
  const name = environment.LOGNAME ?? environment.USER ?? username;
  const [, , id = String(uid), group = String(gid), gecos = '', home = '', shell = ''] =
    account('passwd', name) ?? account('passwd', uid) ?? [];
  return [
    ['user_id', name],
    ['user_uid', Number(id)],
    ['user_gid', Number(group)],
    ['user_gecos', gecos],
    ['user_dir', home],
    ['user_shell', shell],
    ['real_user_id', uid],
    ['effective_user_id', process.geteuid?.() ?? uid],
    ['real_group_id', gid],
    ['effective_group_id', process.getegid?.() ?? gid],
  ];
}

const TIME_FORMATS: Readonly<Record<string, string>> = {
  year: '%Y',
  month: '%m',
  weekday: '%A',
  weekday_number: '%w',
  weeknumber: '%W',
  day: '%d',
  hour: '%H',
  minute: '%M',
  second: '%S',
  date: '%Y-%m-%d',
  time: '%H:%M:%S',
  iso8601_basic: '%Y%m%dT%H%M%S%f',
  iso8601_basic_short: '%Y%m%dT%H%M%S',
  tz: '%Z',
  tz_dst: '%Z',
  tz_offset: '%z',
};

/** Local, but for the two ISO forms that end in Z. */
function dateTime(ms: number): Dict {
  const local = dateOfMilliseconds(ms, false);
  const utc = dateOfMilliseconds(ms, true);
  const epoch = String(Math.floor(ms / 1000));
  const texts = Object.entries(TIME_FORMATS).map(
    ([name, format]) => [name, formatDate(local, format)] as const,
  );
  return new Map([
    ...texts,
    ['epoch', epoch],
    ['epoch_int', epoch],
    ['iso8601', formatDate(utc, '%Y-%m-%dT%H:%M:%SZ')],
    ['iso8601_micro', formatDate(utc, '%Y-%m-%dT%H:%M:%S.%fZ')],
  ]);
}

/** The facts that one of the patterns names, with or without `ansible_`. */
function filtered(facts: Dict, patterns: readonly string[]): Dict {
  if (patterns.length === 0) return facts;
  const names = patterns.flatMap((pattern) => [pattern || '*', `ansible_${pattern}`]);
  const wanted = names.map(compileGlob);
  return new Map([...facts].filter(([name]) => wanted.some((pattern) => pattern.test(str(name)))));
}
