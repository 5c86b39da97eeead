// A link's secret leaves the address bar and survives signing in.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { forgetSecret, takeSecret } from './link';

const SECRET = 'ab'.repeat(32);
let kept: Map<string, string>;
let shown: string[];

const at = (hash: string) => ({ hash, pathname: '/reset', search: '?lang=zh' }) as Location;
const past = {
  state: 1,
  replaceState: (_: unknown, __: string, url: string) => shown.push(url),
} as unknown as History;

beforeEach(() => {
  kept = new Map();
  shown = [];
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

it('leaves the address bar and is found again until it is forgotten', () => {
  expect(takeSecret('reset', at(`#${SECRET}`), past)).toBe(SECRET);
  expect(shown).toEqual(['/reset?lang=zh']);
  expect(takeSecret('reset', at(''), past)).toBe(SECRET);
  expect(takeSecret('claim', at(''), past)).toBeNull();
  forgetSecret('reset');
  expect(takeSecret('reset', at(''), past)).toBeNull();
});

it.each(['', '#', '#content', `#${SECRET}0`, `#${SECRET.toUpperCase()}`])('is not %s', (hash) => {
  expect(takeSecret('reset', at(hash), past)).toBeNull();
  expect(shown).toEqual([]);
});
