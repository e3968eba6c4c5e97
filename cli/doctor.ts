/** `sortie doctor`: looks whether runs can work from here, and in the cloud, and says what to do. */

import { FailureError } from '../shared/base/failure.ts';
import { exitCodes } from '../shared/wire/exit-code.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { type Finding, findingsJson, findingsText, hasProblem, problem } from './doctor/finding.ts';
import { checkLocal } from './doctor/local-checks.ts';
import { localFacts } from './doctor/local-facts.ts';
import { parseOptions } from './option-parser.ts';
import { helpOption, reportUsage, usageError } from './subcommand.ts';

const usage = {
  program: 'sortie doctor',
  positionals: '',
  description: 'Looks whether runs can work, and says what to do where they cannot.',
  specs: [
    helpOption,
    { key: 'on', flags: ['--on'], value: 'aws', help: 'look at the deployment in AWS, too' },
    { key: 'json', flags: ['--json'], help: 'print JSON' },
  ],
};

/** Prints the findings; the exit code is 1 when one of them is a problem. */
export const doctor: Command = async (argv, deps) => {
  const ended = reportUsage(usage, parseOptions(argv, usage.specs), deps);
  if (ended.kind === 'ended') return ended.exitCode;
  const { positionals, values } = ended.parsed;
  const [unexpected] = positionals;
  if (unexpected !== undefined) return usageError(usage, `unrecognized arguments: ${unexpected}`, deps);
  const on = values.get('on')?.at(-1);
  if (on !== undefined && on !== 'aws') {
    return usageError(usage, `argument --on: invalid choice: '${on}' (choose from 'aws')`, deps);
  }
  const findings = [...checkLocal(localFacts(deps)), ...(on === 'aws' ? await cloudFindings(deps) : [])];
  deps.out(values.has('json') ? findingsJson(findings) : findingsText(findings));
  return hasProblem(findings) ? exitCodes.error : exitCodes.ok;
};

async function cloudFindings(deps: CommandDeps): Promise<readonly Finding[]> {
  const [{ cloudFacts }, { checkCloud }, { cloudSettings }] = await Promise.all([
    import('./doctor/cloud-facts.ts'),
    import('./doctor/cloud-checks.ts'),
    import('./cloud/cloud-settings.ts'),
  ]);
  try {
    return checkCloud(await cloudFacts(cloudSettings(deps)));
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return [problem('deployment', error.failure.message, 'docs/cloud has a quick start')];
  }
}
