import { expect, it } from 'vitest';
import { aladin, angle, degrees, gridLabel, hours, legacyViewer, odds } from './sky';

const format = (value: number, digits: number) => value.toFixed(digits);

it('writes right ascension in hours and carries over', () => {
  expect(hours(150.11917)).toBe('10h 00m 28.6s');
  expect(hours(359.99999)).toBe('00h 00m 00.0s');
  expect(hours(-15)).toBe('23h 00m 00.0s');
});

it('writes declination with its sign', () => {
  expect(degrees(2.20583)).toBe('+02° 12′ 21″');
  expect(degrees(-0.5)).toBe('−00° 30′ 00″');
  expect(degrees(59.99999)).toBe('+60° 00′ 00″');
});

it('writes angles in the unit that suits them', () => {
  expect(angle(12.34, format)).toBe('12.3°');
  expect(angle(0.5, format)).toBe('30.0′');
  expect(angle(0.396 / 3600, format)).toBe('0.396″');
});

it('writes odds as powers of ten', () => {
  expect(odds(20.8)).toBe('10⁹');
  expect(odds(100)).toBe('10⁴³');
  expect(odds(-3)).toBe('10⁰');
});

it('leads to other sites at a scale that shows the picture', () => {
  expect(legacyViewer(150.1, 2.2, 1)).toBe(
    'https://www.legacysurvey.org/viewer?ra=150.10000&dec=2.20000&layer=ls-dr10&zoom=10',
  );
  expect(legacyViewer(1, -2, 120)).toContain('zoom=4');
  expect(aladin(1, 2, 10)).toContain('target=1.00000+%2B2.00000&fov=12.000');
});

it('names grid lines as finely as their distance', () => {
  expect(gridLabel(true, 15, 15)).toBe('01h 00m');
  expect(gridLabel(false, -12, 1)).toBe('−12° 00′');
  expect(gridLabel(true, 15.01, 0.01)).toBe('01h 00m 02s');
});
