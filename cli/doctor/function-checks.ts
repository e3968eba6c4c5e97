/** What the state of a function means for runs. */

import { limits } from '../../shared/base/limits.ts';
import type { CloudFacts } from './cloud-facts.ts';
import { type Finding, ok, problem, unseen, warning } from './finding.ts';
import type { FunctionFacts } from './lambda-probe.ts';

type Role = 'controller' | 'host';

const REDEPLOY = 'deploy again with `sortie deploy`';

const RUNTIME = 'nodejs24.x';

const WANTED: Readonly<
  Record<
    Role,
    { readonly memoryMb: number; readonly timeoutSeconds: number; readonly executionSeconds: number }
  >
> = {
  controller: {
    memoryMb: limits.controllerFunctionMemoryMb,
    timeoutSeconds: limits.controllerFunctionTimeoutSeconds,
    executionSeconds: limits.controllerExecutionTimeoutSeconds,
  },
  host: {
    memoryMb: limits.hostFunctionMemoryMb,
    timeoutSeconds: limits.hostFunctionTimeoutSeconds,
    executionSeconds: limits.hostExecutionTimeoutSeconds,
  },
};

/** Judges one of the two functions. */
export function checkFunction(role: Role, facts: CloudFacts): readonly Finding[] {
  const seen = facts[role];
  if (seen === undefined) {
    return [warning(role, 'nobody says what the host function is called', 'set SORTIE_HOST_FUNCTION')];
  }
  if (seen.kind === 'unseen') return [unseen(role, seen.failure.message)];
  const { value } = seen;
  const wrong = [...durabilityProblems(role, value), ...settingProblems(facts, value)];
  if (wrong.length > 0) return wrong.map(([message, hint]) => problem(role, message, hint));
  const differences = settingDifferences(role, value);
  const shape = `${value.runtime}, ${value.memoryMb} MB, ${value.timeoutSeconds} s, durable for ${days(value.executionSeconds)}`;
  return [
    differences.length === 0
      ? ok(role, shape)
      : warning(role, `${shape}; expected: ${differences.join(', ')}`, REDEPLOY),
    checkCode(role, facts.packages[role], value),
    ...(role === 'host' ? [checkNetwork(value)] : []),
  ];
}

type Complaint = readonly [message: string, hint: string];

function durabilityProblems(role: Role, { executionSeconds, state }: FunctionFacts): readonly Complaint[] {
  const complaints: Complaint[] = [];
  if (executionSeconds === undefined) {
    complaints.push([
      'the function is not durable, which can only be chosen when it is made',
      `remove the ${role} function, then ${REDEPLOY}`,
    ]);
  }
  if (state === 'Failed' || state === 'Inactive') {
    const hint = state === 'Inactive' ? 'invoke it once and wait until it is Active' : REDEPLOY;
    complaints.push([`the function is ${state}`, hint]);
  }
  return complaints;
}

/** The functions must work on the table, the bucket and the secrets that the command line reads. */
function settingProblems({ settings }: CloudFacts, { environment }: FunctionFacts): readonly Complaint[] {
  const expected: readonly (readonly [string, string | undefined])[] = [
    ['SORTIE_TABLE', settings.table],
    ['SORTIE_BUCKET', settings.bucket],
    ['SORTIE_PARAMETER_PREFIX', settings.parameterPrefix],
  ];
  return expected.flatMap(([name, value]): Complaint[] =>
    value === undefined || environment[name]?.replace(/\/+$/, '') === value
      ? []
      : [
          [
            `the function's ${name} is ${environment[name] ?? 'not set'}, and this command line's is ${value}`,
            `${REDEPLOY}, or correct ${name}`,
          ],
        ],
  );
}

function settingDifferences(role: Role, facts: FunctionFacts): readonly string[] {
  const wanted = WANTED[role];
  return [
    ...(facts.runtime === RUNTIME ? [] : [RUNTIME]),
    ...(facts.memoryMb >= wanted.memoryMb ? [] : [`${wanted.memoryMb} MB`]),
    ...(facts.timeoutSeconds === wanted.timeoutSeconds ? [] : [`${wanted.timeoutSeconds} s`]),
    ...(facts.executionSeconds === wanted.executionSeconds
      ? []
      : [`durable for ${days(wanted.executionSeconds)}`]),
  ];
}

function checkCode(role: Role, own: string | undefined, { codeHash }: FunctionFacts): Finding {
  const check = `${role} code`;
  if (own === undefined) {
    return warning(
      check,
      'the packages of this version are not here to compare with',
      'build them with `npm run build`, or use the installed command',
    );
  }
  return own === codeHash
    ? ok(check, 'the deployed code is that of this version')
    : warning(check, 'the deployed code is of another version than this command line', REDEPLOY);
}

function checkNetwork({ subnets }: FunctionFacts): Finding {
  return subnets.length === 0
    ? ok(
        'network',
        'the host function is in no VPC',
        'it reaches hosts by public addresses only; for others, deploy with network=vpc',
      )
    : ok(
        'network',
        `the host function is in ${subnets.join(', ')}`,
        'hosts must let its security group in at their ssh port, and it needs a NAT gateway or endpoints for Lambda, DynamoDB, S3 and Systems Manager',
      );
}

function days(seconds: number | undefined): string {
  return seconds === undefined ? 'no time' : `${Math.round(seconds / 8_640) / 10} days`;
}
