/** Which target a call goes to: its own host, or the one that it is delegated to. */

import { str } from '../../../shared/template/python/repr.ts';
import type { BecomeRequest } from '../../../shared/wire/agent-frame.ts';
import type { ActionCall } from '../actions/action.ts';
import type { ConnectionTarget } from '../session/session.ts';
import { becomeRequest, connectionTarget, remoteTmp } from './connection-target.ts';
import { noVars } from './host-state.ts';
import type { RenderSite } from './render-site.ts';
import { environmentOf } from './task-environment.ts';
import { hasTerminal } from './tty-output.ts';

export type CallConnection = {
  readonly target: ConnectionTarget;
  readonly become: BecomeRequest | undefined;
  /** Where modules may put temporary files. */
  readonly remoteTmp: string;
  readonly hasTerminal: boolean;
};

/** The target of a call and who it runs as there, from the variables of the host that it reaches. */
export function connectionOf(site: RenderSite, call: ActionCall): CallConnection {
  const { keywords, context } = call;
  const delegate = keywords.delegateTo;
  const host = delegate ?? site.host;
  const env =
    delegate === undefined || delegate === site.host ? call.env : environmentOf(delegateSite(site, delegate));
  const target = connectionTarget(context, keywords, { host, env });
  return {
    target,
    hasTerminal: hasTerminal(context, target, env),
    become: becomeRequest(context, keywords, env),
    remoteTmp: remoteTmp(context, env),
  };
}

/** The `ansible_host` of the host that a call is delegated to, for its line in the output. */
export function delegatedAddress(site: RenderSite, call: ActionCall): string | undefined {
  const { delegateTo } = call.keywords;
  if (delegateTo === undefined || delegateTo === site.host) return undefined;
  const address = environmentOf(delegateSite(site, delegateTo)).scope.resolve('ansible_host');
  return address === undefined || address === null ? undefined : str(address);
}

/** The delegate's own variables reach it; those of the task and play hold as well. */
function delegateSite(site: RenderSite, host: string): RenderSite {
  const isPeer = site.context.hosts.all.includes(host);
  return {
    ...site,
    host,
    isDelegate: true,
    vars: isPeer && site.isSynced ? site.context.varsOf(host) : noVars,
  };
}
