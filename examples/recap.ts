/** Reads the recap that ends a run's output. */

export type HostRecap = Readonly<
  Record<'changed' | 'failed' | 'ignored' | 'ok' | 'rescued' | 'skipped' | 'unreachable', number>
> & { readonly host: string };

/** The lines after `PLAY RECAP`, in their order. */
export function parseRecap(output: string): HostRecap[] {
  const [, recap = ''] = output.split(/^PLAY RECAP .*$/m);
  return [...recap.matchAll(/^(\S+)\s+: (ok=.*)$/gm)].map(([, host = '', counts = '']) => {
    const count = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(counts)?.[1] ?? 0);
    return {
      host,
      ok: count('ok'),
      changed: count('changed'),
      unreachable: count('unreachable'),
      failed: count('failed'),
      skipped: count('skipped'),
      rescued: count('rescued'),
      ignored: count('ignored'),
    };
  });
}
