// The scale bar is a round number and fits.
import { expect, it } from 'vitest';
import { scaleBar } from './scalebar';

it.each([
  [7.6, 160, 20],
  [7.6, 152, 20],
  [7.6, 151, 10],
  [60, 160, 2],
  [400, 160, 0.2],
  [1.6, 160, 100],
])('at %f px per arcsec and %i px of room it shows %f arcsec', (perArcsec, room, arcsec) => {
  const bar = scaleBar(perArcsec, room);
  expect(bar?.arcsec).toBeCloseTo(arcsec, 9);
  expect(bar?.pixels).toBeCloseTo(arcsec * perArcsec, 9);
  expect(bar!.pixels).toBeLessThanOrEqual(room + 1e-6);
});

it('is absent where the scale is unknown', () => {
  expect(scaleBar(Number.NaN, 160)).toBeNull();
  expect(scaleBar(0, 160)).toBeNull();
});
