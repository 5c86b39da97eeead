// Who is shown, and who is not any more.
import { expect, it } from 'vitest';
import { type Helper, nearOnly, type RankingPage, withMe } from './ranking.svelte';

const helper = (place: number, is_me = false): Helper => ({
  place,
  name: `helper ${place}`,
  bits: 100 - place,
  found: 0,
  is_me,
});

const page = (top: Helper[], near: Helper[]): RankingPage => ({
  period: 'week',
  since: '2026-11-16T00:00:00Z',
  until: '2026-11-21T10:00:00Z',
  team: { people: 20, answers: 900, bits: 400 },
  people: 20,
  top,
  near,
  me: { in_ranking: true, email_verified: true, place: 14, answers: 40, bits: 12, found: 1 },
});

it('shows the neighbours only where the head of the list does not', () => {
  const near = [helper(13), helper(14, true), helper(15)];
  expect(nearOnly(page([helper(1), helper(2)], near))).toEqual(near);
  expect(nearOnly(page([helper(1), helper(2, true)], [helper(1), helper(2, true)]))).toEqual([]);
});

it('takes whoever leaves off the page at once, and nobody else', () => {
  const left = withMe(page([helper(1), helper(2, true)], [helper(1), helper(2, true)]), false);
  expect(left.top).toEqual([helper(1)]);
  expect(left.near).toEqual([]);
  expect(left.me).toMatchObject({ in_ranking: false, place: null, bits: 12 });
});

it('does not invent a place for whoever joins', () => {
  const joined = withMe({ ...page([helper(1)], []), me: null }, true);
  expect(joined.me).toBeNull();
  const before = withMe(page([helper(1)], []), false);
  expect(withMe(before, true).me).toMatchObject({ in_ranking: true, place: null });
});
