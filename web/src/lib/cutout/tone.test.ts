// The presets do what their names say.
import { describe, expect, it } from 'vitest';
import { applyTone, describeView, NEUTRAL, PRESETS, tone } from './tone';

const mean = (c: number[]) => c.reduce((a, b) => a + b, 0) / 3;

describe('the presets', () => {
  it('standard leaves the composite as it is', () => {
    const c = applyTone(tone('standard', NEUTRAL), 0.4, 0.3, 0.2);
    expect(c[0]).toBeCloseTo(0.4, 9);
    expect(c[2]).toBeCloseTo(0.2, 9);
  });

  it('faint lifts faint light more than bright light', () => {
    const t = tone('faint', NEUTRAL);
    expect(mean(applyTone(t, 0.05, 0.05, 0.05))).toBeGreaterThan(0.11);
    expect(mean(applyTone(t, 0.9, 0.9, 0.9))).toBeLessThan(1);
  });

  it('cores darkens what is faint and keeps what is bright apart', () => {
    const t = tone('cores', NEUTRAL);
    expect(mean(applyTone(t, 0.2, 0.2, 0.2))).toBeLessThan(0.05);
    expect(mean(applyTone(t, 0.95, 0.95, 0.95))).toBeGreaterThan(0.85);
  });

  it('blue arcs shows a blue arc far above a red galaxy of the same light', () => {
    const t = tone('blue', NEUTRAL);
    const arc = applyTone(t, 0.2, 0.35, 0.5);
    const galaxy = applyTone(t, 0.5, 0.35, 0.2);
    expect(mean(arc)).toBeGreaterThan(1.8 * mean(galaxy));
    expect(arc[2]).toBeGreaterThan(arc[0]);
  });

  it.each(PRESETS)('%s keeps every colour in range', (preset) => {
    for (const fine of [NEUTRAL, { brightness: 1, contrast: -1, invert: true }]) {
      for (const [r, g, b] of [
        [0, 0, 0],
        [1, 1, 1],
        [1, 0, 0],
        [0, 0, 1],
      ] as const) {
        for (const channel of applyTone(tone(preset, fine), r, g, b)) {
          expect(channel).toBeGreaterThanOrEqual(0);
          expect(channel).toBeLessThanOrEqual(1);
        }
      }
    }
  });
});

it('the view stored with an answer names the preset, the zoom and only what was changed', () => {
  expect(describeView('faint', NEUTRAL, 1)).toEqual({ preset: 'faint', zoom: 1 });
  expect(describeView('blue', { brightness: 0.5, contrast: 0, invert: true }, 2.2501)).toEqual({
    preset: 'blue',
    zoom: 2.25,
    brightness: 0.5,
    inverted: true,
  });
});
