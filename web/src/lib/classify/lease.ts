// How long an image stays reserved. Pure arithmetic over one clock, the browser's monotonic one, so
// that a computer with a wrong date neither loses images nor keeps them too long.

export interface Lease {
  /** When it ends, milliseconds of the local clock. */
  ends: number;
  /** Its full length, milliseconds. */
  length: number;
}

/** Renewed when less than this share is left. */
const RENEW_BELOW = 0.5;
/** The calm notice comes this long before the end, or at a third of a short lease. */
const NOTICE_MS = 90_000;

/**
 * @param leaseSeconds full length as the server states it
 * @param expiresAt the end by the server's clock, ISO 8601
 * @param serverDate the `Date` header of the same answer, if any: says how far the clocks differ
 * @param now local clock, milliseconds
 */
export function leaseFrom(
  leaseSeconds: number,
  expiresAt: string,
  serverDate: string | null,
  now: number,
): Lease {
  const length = leaseSeconds * 1000;
  const left = Date.parse(expiresAt) - Date.parse(serverDate ?? '');
  // Without a usable date the full length is assumed; more than that is never believed.
  return { length, ends: now + (Number.isFinite(left) ? Math.min(length, Math.max(0, left)) : length) };
}

export const isOver = (lease: Lease, now: number): boolean => now >= lease.ends;

export const wantsRenewal = (lease: Lease, now: number): boolean =>
  lease.ends - now < RENEW_BELOW * lease.length;

export const isEnding = (lease: Lease, now: number): boolean =>
  lease.ends - now < Math.min(NOTICE_MS, lease.length / 3);
