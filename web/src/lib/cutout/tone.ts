// Brightness presets on the 8-bit composite. A first cut: it brings out what the composite still
// holds; light that the composite rounded away needs the companded image that comes later.
// The same formula stands in the shader of webgl.ts; here it serves canvases without WebGL 2.

export const PRESETS = ['standard', 'faint', 'cores', 'blue'] as const;
export type Preset = (typeof PRESETS)[number];

/** What a volunteer can change besides the preset. */
export interface Fine {
  /** −1 (a quarter of the light) to 1 (four times). */
  brightness: number;
  /** −1 (flat) to 1 (hard). */
  contrast: number;
  invert: boolean;
}

export const NEUTRAL: Fine = { brightness: 0, contrast: 0, invert: false };

/** The numbers that the formula and the shader take. */
export interface Tone {
  /** Strength of the asinh stretch that lifts faint light; 0 leaves it. */
  stretch: number;
  /** Exponent on the intensity; above 1 darkens all but the cores. */
  power: number;
  /** 0: natural colours, 1: only what is bluer than the galaxies of a cluster, over a dim grey. */
  blue: number;
  gain: number;
  invert: boolean;
}

export function tone(preset: Preset, fine: Fine): Tone {
  const base = {
    standard: { stretch: 0, power: 1, blue: 0 },
    faint: { stretch: 5, power: 0.95, blue: 0 },
    cores: { stretch: 0, power: 2.4, blue: 0 },
    blue: { stretch: 0, power: 0.85, blue: 1 },
  }[preset];
  return {
    stretch: base.stretch,
    power: base.power * 2 ** fine.contrast,
    blue: base.blue,
    gain: 4 ** fine.brightness,
    invert: fine.invert,
  };
}

/** The formula on one pixel; channels 0 to 1. */
export function applyTone(t: Tone, r: number, g: number, b: number): [number, number, number] {
  if (t.blue > 0) {
    const excess = 1.7 * Math.max(0, b - 0.85 * r - 0.04);
    const grey = 0.3 * (r + g + b) * 0.5;
    r += (grey + 0.35 * excess - r) * t.blue;
    g += (grey + 0.75 * excess - g) * t.blue;
    b += (grey + 1.15 * excess - b) * t.blue;
  }
  const intensity = Math.max((r + g + b) / 3, 1e-4);
  const lit = intensity * t.gain;
  const stretched = t.stretch > 0 ? Math.asinh(t.stretch * lit) / Math.asinh(t.stretch) : lit;
  const factor = stretched ** t.power / intensity;
  let [x, y, z] = [r * factor, g * factor, b * factor];
  // Over-bright colours keep their hue, as in the composite itself.
  const top = Math.max(x, y, z, 1);
  [x, y, z] = [x / top, y / top, z / top];
  return t.invert ? [1 - x, 1 - y, 1 - z] : [x, y, z];
}

/** How the image was shown, as stored with the answer; what was left alone is left out. */
export function describeView(preset: Preset, fine: Fine, zoom: number): Record<string, unknown> {
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    preset,
    zoom: round(zoom),
    ...(fine.brightness === 0 ? {} : { brightness: round(fine.brightness) }),
    ...(fine.contrast === 0 ? {} : { contrast: round(fine.contrast) }),
    ...(fine.invert ? { inverted: true } : {}),
  };
}
