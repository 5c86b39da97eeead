// A reload goes on with the same images while their leases run.
import { expect, it } from 'vitest';
import { type Held, HeldImages } from './held';

const store = () => {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
    map,
  };
};
const held = (id: string, ends: number): Held => ({
  assignment: {
    id,
    image: { url: `/${id}.webp`, encoding: 'composite', width: 8, height: 8, pixel_scale_arcsec: null },
    expires_at: '2026-11-21T00:00:00Z',
    lease_seconds: 1800,
  },
  ends,
});

it('gives back what was saved, in order, without what is about to end', () => {
  const box = new HeldImages(store(), 'ada', 'sky');
  box.save([held('a', 100_000), held('b', 10_000), held('c', 200_000)]);
  expect(box.load(5_000).map((one) => one.assignment.id)).toEqual(['a', 'c']);
});

it('is separate for every person and project, and empties', () => {
  const shared = store();
  const box = new HeldImages(shared, 'ada', 'sky');
  box.save([held('a', 100_000)]);
  expect(new HeldImages(shared, 'ben', 'sky').load(0)).toEqual([]);
  expect(new HeldImages(shared, 'ada', 'deep').load(0)).toEqual([]);
  box.save([]);
  expect(shared.map.size).toBe(0);
});

it('survives nonsense and a missing storage', () => {
  const broken = store();
  broken.map.set('lensfinder.held.1.ada.sky', '[{"assignment":');
  expect(new HeldImages(broken, 'ada', 'sky').load(0)).toEqual([]);
  expect(new HeldImages(null, 'ada', 'sky').load(0)).toEqual([]);
});
