/** How much memory a process has held at most, as Linux tells. */

import { readFileSync } from 'node:fs';

/** 0 where the system does not tell, and for a process that is gone. */
export function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
