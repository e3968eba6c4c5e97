/** Bundled by packaging-parts.test.ts: reads YAML files as the functions do, and packs the agent's parts; prints what it got as JSON. */

import { readFileSync } from 'node:fs';
import { embeddedAgent } from '../../functions/host/embedded-agent.ts';
import { readParts } from './packaging-parts.ts';

const [modules = '', ...files] = process.argv.slice(2);
const texts = files.map((file) => readFileSync(file, 'utf8'));
process.stdout.write(JSON.stringify(readParts(embeddedAgent(), modules.split(','), texts)));
