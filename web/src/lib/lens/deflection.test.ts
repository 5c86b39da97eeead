// The drawn lens bends light as a lens should.
import { describe, expect, it } from 'vitest';
import { deflection } from './deflection';

const round = { axisRatio: 1, angle: 0, core: 0 };
const flat = { axisRatio: 0.6, angle: 0.7, core: 0.05 };

describe('a round lens without a core', () => {
  it('bends by one Einstein radius everywhere, towards the centre', () => {
    for (const [x, y] of [
      [0.2, 0],
      [0, -3],
      [1.2, 0.9],
    ] as const) {
      const [a, b] = deflection(round, x, y);
      expect(Math.hypot(a, b)).toBeCloseTo(1, 3);
      expect(a * y - b * x).toBeCloseTo(0, 3);
      expect(a * x + b * y).toBeGreaterThan(0);
    }
  });

  it('shows what lies right behind it as a ring of radius 1', () => {
    const [a, b] = deflection(round, 0.8, 0.6);
    expect(Math.hypot(0.8 - a, 0.6 - b)).toBeLessThan(2e-3);
  });
});

describe('a flat lens', () => {
  it('does not bend at its centre', () => {
    expect(deflection(flat, 0, 0).every((part) => Math.abs(part) < 1e-12)).toBe(true);
  });

  it('has no curl, as a field made by a potential has none', () => {
    const h = 1e-5;
    for (const [x, y] of [
      [0.3, 0.4],
      [-0.7, 0.1],
      [0.05, -0.9],
    ] as const) {
      const curl =
        (deflection(flat, x + h, y)[1] - deflection(flat, x - h, y)[1]) / (2 * h) -
        (deflection(flat, x, y + h)[0] - deflection(flat, x, y - h)[0]) / (2 * h);
      expect(Math.abs(curl)).toBeLessThan(1e-6);
    }
  });

  it('turns with its angle', () => {
    const straight = deflection({ ...flat, angle: 0 }, 0.5, 0.2);
    const turned = deflection({ ...flat, angle: Math.PI / 2 }, -0.2, 0.5);
    expect(turned[0]).toBeCloseTo(-straight[1], 9);
    expect(turned[1]).toBeCloseTo(straight[0], 9);
  });
});
