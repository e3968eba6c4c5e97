/** Figures as people read them. */

const KIB = 1024;

/** Bytes in KiB, or in MiB from ten of them on. */
export function bytesText(bytes: number): string {
  const kib = bytes / KIB;
  return kib < 10 * KIB ? `${kib.toFixed(1)} KiB` : `${(kib / KIB).toFixed(1)} MiB`;
}

/** Seconds, finer where they are few. */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 3 : 1)} s`;
}
