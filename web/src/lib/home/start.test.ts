// Nobody who has looked at images before is sent to school again.
import { expect, it } from 'vitest';
import { startPath } from './start';

it('leads newcomers and guests to the tutorial', () => {
  expect(startPath(null)).toBe('/tutorial/what');
  expect(startPath(undefined)).toBe('/tutorial/what');
  expect(startPath({ votes_total: 0 })).toBe('/tutorial/what');
});

it('leads everybody else to the images', () => {
  expect(startPath({ votes_total: 1 })).toBe('/classify');
});
