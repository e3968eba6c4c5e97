/**
 * Renders the bench's template for each host with Sortie's engine, and tells the CPU seconds: of a process that has
 * just started, which compiles the template and itself, and once more. Its argument is the file of the work.
 */

import { readFileSync } from 'node:fs';
import { isDict, type Value } from '../../shared/base/value.ts';
import { loadJson } from '../../shared/template/formats/json.ts';
import { asTemplate } from '../../shared/template/python/special.ts';
import { renderFile } from '../../shared/template/render.ts';
import { createEnvironment, dictLayer } from '../../shared/template/scope.ts';
import { makeEnvironment } from '../../test/unit/template/recorded-cases.ts';

const work = loadJson(readFileSync(process.argv[2] ?? '', 'utf8'));
const template = isDict(work) ? work.get('template') : undefined;
const hosts = isDict(work) ? work.get('hosts') : undefined;
if (typeof template !== 'string' || !Array.isArray(hosts)) throw new Error('the file holds no work');

const { seconds, results } = renderAll(template, hosts);
const again = renderAll(template, hosts).seconds;
process.stdout.write(JSON.stringify({ seconds, again, first: results[0], last: results.at(-1) }));

function renderAll(
  source: string,
  hosts: readonly Value[],
): { readonly seconds: number; readonly results: readonly string[] } {
  const started = process.cpuUsage();
  const results = hosts.map((host) => renderOne(source, host));
  const { user, system } = process.cpuUsage(started);
  return { seconds: (user + system) / 1e6, results };
}

/** As the template module does it: an environment for each host and task, whose strings may be templates. */
function renderOne(source: string, host: Value): string {
  const layer = dictLayer(
    isDict(host) ? new Map([...host].map(([name, item]) => [name, raw(item)])) : new Map(),
  );
  const env = createEnvironment([layer], makeEnvironment({}, {}, false));
  return renderFile(source, { name: 'bench.j2', options: {} }, env);
}

function raw(value: Value): Value {
  if (typeof value === 'string') return asTemplate(value);
  if (Array.isArray(value)) return value.map(raw);
  return isDict(value) ? new Map([...value].map(([key, item]) => [key, raw(item)])) : value;
}
