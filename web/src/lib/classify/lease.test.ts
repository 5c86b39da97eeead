// Leases are renewed early, announced late, and never trusted to the computer's date.
import { expect, it } from 'vitest';
import { isEnding, isOver, leaseFrom, wantsRenewal } from './lease';

const MINUTE = 60_000;
const fresh = { length: 30 * MINUTE, ends: 30 * MINUTE };

it('an image asked for again keeps the time that was left', () => {
  const lease = leaseFrom(1800, '2026-11-21T10:10:00Z', 'Sat, 21 Nov 2026 10:00:00 GMT', 5000);
  expect(lease).toEqual({ length: 1_800_000, ends: 5000 + 10 * MINUTE });
});

it('without the date of the server the full length counts from now', () => {
  expect(leaseFrom(1800, '2026-11-21T10:10:00Z', null, 5000).ends).toBe(5000 + 30 * MINUTE);
  expect(leaseFrom(1800, 'soon', 'nonsense', 0).ends).toBe(30 * MINUTE);
});

it('is renewed from half time on', () => {
  expect(wantsRenewal(fresh, 14 * MINUTE)).toBe(false);
  expect(wantsRenewal(fresh, 16 * MINUTE)).toBe(true);
});

it('gives notice a minute and a half before its end, and then is over', () => {
  expect(isEnding(fresh, 28 * MINUTE)).toBe(false);
  expect(isEnding(fresh, 29 * MINUTE)).toBe(true);
  expect(isOver(fresh, 30 * MINUTE - 1)).toBe(false);
  expect(isOver(fresh, 30 * MINUTE)).toBe(true);
});

it('gives notice later where the lease is short', () => {
  const short = { length: MINUTE, ends: MINUTE };
  expect(isEnding(short, 0.5 * MINUTE)).toBe(false);
  expect(isEnding(short, 0.7 * MINUTE)).toBe(true);
});
