// The web app takes companded images apart as Rust put them together.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compose, composePixels, flux, look, NOISE } from './companding';
import { NEUTRAL, PRESETS } from './tone';

const golden = JSON.parse(
  readFileSync(new URL('../../../../crates/imaging/tests/golden/companding.json', import.meta.url), 'utf8'),
) as { noise: number[]; flux: number[][]; pixels: number[]; colours: number[] };

const CHANNELS = [0, 1, 2] as const;
const mean = (c: number[]) => c.reduce((a, b) => a + b, 0) / 3;
/** A pixel of so many reference noises in z, r, g. */
const shown = (preset: (typeof PRESETS)[number], z: number, r: number, g: number, fine = NEUTRAL) =>
  compose(look(preset, fine), z * NOISE[0], r * NOISE[1], g * NOISE[2], [0, 0, 0]);

describe('the table made in Rust', () => {
  it('has the same reference noises', () => expect(golden.noise).toEqual([...NOISE]));

  it.each(CHANNELS)('has the same flux for every byte of channel %i', (channel) => {
    golden.flux[channel]!.forEach((expected, byte) => {
      const found = flux(channel, byte);
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-7 * Math.abs(expected) + 1e-12);
    });
  });

  it('has the same colours, to the last step of 255', () => {
    const standard = look('standard', NEUTRAL);
    expect(golden.pixels.length).toBe(golden.colours.length);
    let apart = 0;
    for (let i = 0; i < golden.pixels.length; i += 3) {
      const [z, r, g] = CHANNELS.map((channel) => flux(channel, golden.pixels[i + channel]!));
      const colours = compose(standard, z!, r!, g!, [0, 0, 0]).map((value) => Math.floor(value * 255 + 0.5));
      CHANNELS.forEach((channel) => {
        const step = Math.abs(colours[channel]! - golden.colours[i + channel]!);
        expect(step).toBeLessThanOrEqual(1);
        apart += step;
      });
    }
    // Halves may fall to either side; nothing else may.
    expect(apart).toBeLessThanOrEqual(2);
  });
});

it('a canvas without WebGL shows the same colours', () => {
  const data = new Uint8ClampedArray(
    golden.pixels.flatMap((byte, i) => (i % 3 === 2 ? [byte, 255] : [byte])),
  );
  composePixels(look('standard', NEUTRAL), data);
  golden.colours.forEach((expected, i) => {
    expect(Math.abs(data[4 * Math.floor(i / 3) + (i % 3)]! - expected)).toBeLessThanOrEqual(1);
  });
});

describe('the presets', () => {
  it('faint lifts faint light most', () => {
    expect(mean(shown('faint', 3, 3, 3)) - mean(shown('faint', 0, 0, 0))).toBeGreaterThan(
      1.5 * (mean(shown('standard', 3, 3, 3)) - mean(shown('standard', 0, 0, 0))),
    );
  });

  it('cores keeps bright light apart where standard has only white', () => {
    const gap = (preset: 'standard' | 'cores') =>
      mean(shown(preset, 900, 900, 900)) - mean(shown(preset, 300, 300, 300));
    expect(gap('standard')).toBeLessThan(0.02);
    expect(gap('cores')).toBeGreaterThan(0.1);
  });

  it('blue arcs shows an arc far above a red galaxy of the same light', () => {
    // Weighted light: an arc with a flat spectrum, and a galaxy of a distant cluster.
    const l = look('blue', NEUTRAL);
    const arc = compose(l, 0.02, 0.02, 0.02, [0, 0, 0]);
    const galaxy = compose(l, 0.04, 0.016, 0.0036, [0, 0, 0]);
    expect(mean(arc)).toBeGreaterThan(1.8 * mean(galaxy));
    expect(arc[2]!).toBeGreaterThan(arc[0]!);
  });

  it.each(PRESETS)('%s keeps every colour in range and grows with the light', (preset) => {
    for (const fine of [NEUTRAL, { brightness: 1, contrast: -1, invert: false }]) {
      let before = -1;
      for (const n of [-6, -1, 0, 1, 5, 50, 2_000, 20_000]) {
        const colours = shown(preset, n, n, n, fine);
        for (const channel of colours) {
          expect(channel).toBeGreaterThanOrEqual(0);
          expect(channel).toBeLessThanOrEqual(1);
        }
        expect(mean(colours)).toBeGreaterThanOrEqual(before - 1e-9);
        before = mean(colours);
      }
    }
  });
});

describe('fine tuning', () => {
  it('brightness brightens, invert turns over, contrast spreads what is bright', () => {
    const plain = mean(shown('standard', 5, 5, 5));
    expect(mean(shown('standard', 5, 5, 5, { ...NEUTRAL, brightness: 0.5 }))).toBeGreaterThan(plain);
    expect(mean(shown('standard', 5, 5, 5, { ...NEUTRAL, invert: true }))).toBeCloseTo(1 - plain, 9);
    const spread = (contrast: number) =>
      mean(shown('standard', 60, 60, 60, { ...NEUTRAL, contrast })) -
      mean(shown('standard', 2, 2, 2, { ...NEUTRAL, contrast }));
    expect(spread(0.4)).toBeGreaterThan(spread(-0.6));
  });
});
