/** `sortie exec`: takes the ansible command's line, and runs one module on the hosts of a pattern. */

import { exitCodes } from '../shared/wire/exit-code.ts';
import type { AdHocRequest, RunRequest } from '../shared/wire/run-request.ts';
import { adHocPath, needsArguments } from './ad-hoc-playbook.ts';
import { requestOf } from './arguments.ts';
import type { Command, CommandDeps } from './command-deps.ts';
import { execOptions } from './exec-options.ts';
import { type ParsedOptions, parseOptions } from './option-parser.ts';
import { executeRequest, type RunPlaybooks } from './run.ts';
import { printHelp, type Subcommand, usageError } from './subcommand.ts';
import { createTreeReport } from './tree-report.ts';
import { version } from './version.ts';

const usage: Subcommand = {
  program: 'sortie exec',
  positionals: 'pattern',
  positionalHelp: 'host pattern',
  description: "Define and run a single task 'playbook' against a set of hosts",
  specs: execOptions,
};

/** The subcommand, over what runs playbooks. */
export function createExec(runPlaybooks: RunPlaybooks): Command {
  return async (argv, deps) => {
    const outcome = parseOptions(argv, execOptions);
    if (outcome.kind === 'error') return usageError(usage, outcome.message, deps);
    const { parsed } = outcome;
    if (parsed.final === 'help') {
      printHelp(usage, deps);
      return exitCodes.ok;
    }
    if (parsed.final !== undefined) {
      deps.out(`sortie ${version}\n`);
      return exitCodes.ok;
    }
    const problem = usageProblem(parsed);
    return problem === undefined
      ? execute(parsed, argv, { deps, runPlaybooks })
      : usageError(usage, problem, deps);
  };
}

function usageProblem({ positionals, values }: ParsedOptions): string | undefined {
  const [pattern, ...more] = positionals;
  if (pattern === undefined) return 'the following arguments are required: pattern';
  if (more.length > 0) return `unrecognized arguments: ${more.join(' ')}`;
  const forks = values.get('forks')?.at(-1);
  return forks !== undefined && Number(forks) < 1
    ? 'The number of processes (--forks) must be >= 1'
    : undefined;
}

type Execution = { readonly deps: CommandDeps; readonly runPlaybooks: RunPlaybooks };

async function execute(
  parsed: ParsedOptions,
  argv: readonly string[],
  { deps, runPlaybooks }: Execution,
): Promise<number> {
  const adHoc = adHocOf(parsed);
  const request: RunRequest = { ...requestOf(parsed), playbooks: [adHocPath(adHoc.directory)], adHoc };
  const refusal = request.listing.hosts ? undefined : refusalOf(adHoc);
  if (refusal !== undefined) {
    printHelp(usage, deps);
    deps.err(`ERROR! ${refusal}\n`);
    return exitCodes.configuration;
  }
  const tree = parsed.values.get('tree')?.at(-1);
  const wish = {
    command: ['exec', ...argv],
    request,
    isJson: parsed.values.has('json'),
    ...(tree === undefined ? {} : { watch: createTreeReport(tree, deps) }),
  };
  return executeRequest(wish, deps, runPlaybooks);
}

function adHocOf({ positionals, values }: ParsedOptions): AdHocRequest {
  const last = (key: string): string | undefined => values.get(key)?.at(-1);
  const seconds = (key: string): number | undefined => {
    const text = last(key);
    return text === undefined || Number(text) === 0 ? undefined : Number(text);
  };
  const directory = last('playbookDir');
  const backgroundSeconds = seconds('background');
  const pollSeconds = last('poll');
  const timeoutSeconds = seconds('taskTimeout');
  return {
    pattern: positionals[0] ?? '',
    module: last('moduleName') ?? 'command',
    args: last('moduleArgs') ?? '',
    isOneLine: values.has('oneLine'),
    ...(directory === undefined ? {} : { directory }),
    ...(backgroundSeconds === undefined ? {} : { backgroundSeconds }),
    ...(pollSeconds === undefined ? {} : { pollSeconds: Number(pollSeconds) }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function refusalOf({ args, module, pattern }: AdHocRequest): string | undefined {
  if (needsArguments(module) && args === '') {
    const hint = pattern.endsWith('.yml') ? ' (did you mean to run ansible-playbook?)' : '';
    return `No argument passed to ${module} module${hint}`;
  }
  return /^(?:ansible\.(?:builtin|legacy)\.)?import_playbook$/.test(module)
    ? `'${module}' is not a valid action for ad-hoc commands`
    : undefined;
}
