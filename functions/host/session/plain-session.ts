/** The session of an agent that ends with its connection: one conversation, as long as that lasts. */

import { AgentSession, type AgentSessionOptions } from './agent-session.ts';
import type { BootedChannel } from './boot.ts';
import type { Session } from './session.ts';

/** Makes the session of a booted agent, and starts to read its answers. */
export function startSession(booted: BootedChannel, options: Omit<AgentSessionOptions, 'isKept'>): Session {
  const session = new AgentSession(booted, { ...options, isKept: false });
  return {
    python: session.python,
    executable: session.executable,
    ended: session.ended,
    kept: Promise.resolve(undefined),
    run: (request) => session.run(request),
    load: (bundle) => session.load(bundle),
    cancel: () => session.cancel(),
    forget: () => {},
    close: () => session.close(),
    detach: () => session.close(),
  };
}
