/** What a project in the cloud says about a fleet: an inventory without keys, which are secrets of the deployment. */

import type { Fleet } from '../fleet/fleet.ts';

/** An INI inventory: the hosts by their name's letters (`web1` is in `web`), reached as `deploy`. */
export function cloudInventory({ hosts }: Fleet): string {
  const groups = Map.groupBy(hosts, ({ name }) => name.replace(/\d+$/, ''));
  const lines = [...groups].flatMap(([group, members]) => [
    `[${group}]`,
    ...members.map(({ name, port }) => `${name} ansible_host=127.0.0.1 ansible_port=${port}`),
  ]);
  return [
    ...lines,
    '[all:vars]',
    'ansible_user=deploy',
    'ansible_python_interpreter=/usr/bin/python3',
    '',
  ].join('\n');
}
