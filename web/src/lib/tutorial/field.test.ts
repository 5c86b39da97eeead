// The page traces rays as the server's lens does; the expected values were written by the server's test
// (crates/server/src/lens_model.rs).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deflection, type LensShape } from '#lib/lens/deflection';
import type { LensModel } from '#lib/teach/types';
import { DeflectionField } from './field';
import { ToySky } from './sky';

interface Golden {
  model: LensModel;
  traced: { at: [number, number]; source: [number, number] }[];
  drawn: (LensShape & { at: [number, number]; deflection: [number, number] })[];
}

const golden = JSON.parse(readFileSync(new URL('../lens/golden.json', import.meta.url), 'utf8')) as Golden;
const field = new DeflectionField(golden.model);

describe('the field', () => {
  it.each(golden.traced)('traces $at to where the server does', ({ at, source }) => {
    const [x, y] = field.source(...at);
    // A pixel of the drawing is a fifth of an arcsec; the grid is much closer than that.
    expect(Math.hypot(x - source[0], y - source[1])).toBeLessThan(0.08);
  });

  it('bends in proportion to the mass, and not at all without', () => {
    const [x, y] = field.source(5, 3, 0);
    expect([x, y]).toEqual([5, 3]);
    const [whole, half] = [field.source(5, 3, 1), field.source(5, 3, 0.5)];
    expect(5 - half[0]).toBeCloseTo((5 - whole[0]) / 2, 9);
  });

  it('is smooth across the nodes of the grid', () => {
    const step = (2 * field.half) / (golden.model.nodes - 1);
    const slope = (x: number) => (field.deflection(x + 1e-4, 6)[0] - field.deflection(x, 6)[0]) / 1e-4;
    const node = -field.half + 30 * step;
    expect(Math.abs(slope(node - 2e-4) - slope(node + 2e-4))).toBeLessThan(0.02);
  });

  it('maps critical curves to caustics', () => {
    const curves = golden.model.curves.find(({ mass }) => mass === 1)!;
    const [image, caustic] = [curves.critical[0]!, curves.caustics[0]!];
    image.forEach((at, number) => {
      const [x, y] = field.source(at[0]!, at[1]!);
      expect(Math.hypot(x - caustic[number]![0]!, y - caustic[number]![1]!)).toBeLessThan(0.15);
    });
  });
});

describe('the toy', () => {
  const look = (x: number, y: number, mass: number) => {
    const sky = new ToySky(golden.model, 200, { x, y });
    return sky.paint(new Uint8ClampedArray(4 * 200 * 200), mass);
  };

  it('shows one unchanged galaxy without mass', () => {
    const seen = look(2.6, 1.6, 0);
    expect(seen.images).toBe(1);
    expect(seen.stretch).toBeLessThan(1.35);
  });

  it('repeats and stretches what lies close to the middle', () => {
    const seen = look(2.6, 1.6, 1);
    expect(seen.images).toBeGreaterThanOrEqual(2);
    expect(seen.stretch).toBeGreaterThan(2.6);
  });

  it('goes nearly all around when the galaxy lies behind the middle', () => {
    expect(look(0, 0, 1).around).toBeGreaterThan(0.85);
  });

  it('leaves what lies far off nearly alone', () => {
    const seen = look(13, -10, 1);
    expect(seen.images).toBe(1);
    expect(seen.stretch).toBeLessThan(2.6);
  });
});

describe('the drawings', () => {
  it.each(golden.drawn)(
    'bend as the lens of the server does at $at',
    ({ at, deflection: expected, ...shape }) => {
      const [a, b] = deflection(shape, ...at);
      expect(a).toBeCloseTo(expected[0], 5);
      expect(b).toBeCloseTo(expected[1], 5);
    },
  );
});
