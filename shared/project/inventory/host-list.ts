/** Reads inventories that are written on the command line: `web1,web2,` and, with ranges, `web[1:5],`. */

import { expandHostEntry, parseAddress } from './host-range.ts';
import type { InventoryBuilder } from './inventory-builder.ts';
import type { SourceProblem } from './source-problem.ts';

/** Adds the hosts of a comma-separated list. Ports are split off; what is no address is a name as it stands. */
export function readHostList(source: string, builder: InventoryBuilder): SourceProblem | undefined {
  for (const entry of entriesOf(source)) {
    const address = parsePlainAddress(entry);
    const problem = addMissing(address?.host ?? entry, address?.port, builder);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** As {@link readHostList}, with ranges expanded (the `advanced_host_list` plugin). */
export function readAdvancedHostList(source: string, builder: InventoryBuilder): SourceProblem | undefined {
  for (const entry of entriesOf(source)) {
    const hosts = expandHostEntry(entry);
    // A range with a mistake in its form is a name; one with a mistake in its numbers is none.
    if (hosts.kind === 'invalid' && !hosts.why.startsWith('host range must'))
      return { why: `Invalid data from string, could not parse: ${hosts.why}` };
    const names = hosts.kind === 'hosts' ? hosts.names : [entry];
    for (const name of names) {
      const problem = addMissing(name, hosts.kind === 'hosts' ? hosts.port : undefined, builder);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function entriesOf(source: string): readonly string[] {
  return source
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function parsePlainAddress(entry: string): ReturnType<typeof parseAddress> {
  const address = parseAddress(entry);
  return address?.host.includes('[') ? undefined : address;
}

function addMissing(
  name: string,
  port: number | undefined,
  builder: InventoryBuilder,
): SourceProblem | undefined {
  if (builder.hasHost(name)) return undefined;
  const problem = builder.addHost(name, 'ungrouped', port);
  return problem === undefined ? undefined : { why: `Invalid data from string, could not parse: ${problem}` };
}
