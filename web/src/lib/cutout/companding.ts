// Companded images: the three bands z, r, g in three bytes a pixel, as crates/imaging/src/compand.rs
// makes them, taken apart again and composed into colours after Lupton et al. (2004). The shader of
// webgl.ts computes the same; companding.test.ts holds both files against one table made in Rust.
import type { Fine, Preset } from './tone';

/** Reference noise of a pixel in z, r, g, nanomaggies. */
export const NOISE = [0.015, 0.006, 0.0032] as const;
const SOFTENING = 6;
/** The two ends of the scale, before the asinh is undone. */
export const LOW = Math.asinh(-6 / SOFTENING);
export const HIGH = Math.asinh(20_000 / SOFTENING);
/** Multiplied with sinh, the flux of a channel. */
export const UNITS = NOISE.map((noise) => SOFTENING * noise) as [number, number, number];

/** Flux in nanomaggies of each byte of a channel (0: z, 1: r, 2: g). */
export const flux = (channel: 0 | 1 | 2, byte: number): number =>
  UNITS[channel] * Math.sinh(LOW + (byte / 255) * (HIGH - LOW));

/** How fluxes become colours. */
export interface Look {
  /** Weights of z, r, g in red, green, blue. */
  weights: readonly [number, number, number];
  /** Added to every colour: lifts the sky from black. */
  minimum: number;
  /** How strongly bright light is pressed together. */
  softening: number;
  /** 0: natural colours; 1: what is bluer than the galaxies of a cluster, over a dim grey. */
  blue: number;
  invert: boolean;
}

/** What the Legacy Surveys viewer and the server's composites use. */
const STANDARD = { weights: [2.2, 3.4, 6.0], minimum: 0.03, softening: 20, blue: 0 } as const;

const LOOKS: Record<Preset, Omit<Look, 'invert'>> = {
  standard: STANDARD,
  faint: { weights: [4.8, 7.5, 13.2], minimum: 0.035, softening: 14, blue: 0 },
  cores: { weights: [0.4, 0.62, 1.1], minimum: 0.003, softening: 32, blue: 0 },
  blue: { weights: [3.1, 4.8, 8.4], minimum: 0.03, softening: 24, blue: 1 },
};

/** Of the light in red and green, so much is taken from blue before it counts as an excess. */
export const RED_SHARE = 0.22;
export const GREEN_SHARE = 0.12;
/** What is left of all light under the excess. */
export const GREY = 0.16;
export const TINT = [0.3, 0.75, 1.2] as const;

/** Brightness is a gain on the light, contrast changes how strongly bright light is pressed together. */
export function look(preset: Preset, fine: Fine): Look {
  const base = LOOKS[preset];
  const gain = 4 ** fine.brightness;
  const [red, green, blue] = base.weights;
  return {
    weights: [gain * red, gain * green, gain * blue],
    minimum: base.minimum,
    softening: base.softening * 6 ** -fine.contrast,
    blue: base.blue,
    invert: fine.invert,
  };
}

/** Colours 0 to 1 of a pixel with these fluxes, written into `out`. */
export function compose<Out extends { [at: number]: number }>(
  l: Look,
  z: number,
  r: number,
  g: number,
  out: Out,
): Out {
  let red = l.weights[0] * z;
  let green = l.weights[1] * r;
  let blue = l.weights[2] * g;
  if (l.blue > 0) {
    const excess = Math.max(0, blue - RED_SHARE * red - GREEN_SHARE * green);
    const grey = (GREY * (red + green + blue)) / 3;
    red += (grey + TINT[0] * excess - red) * l.blue;
    green += (grey + TINT[1] * excess - green) * l.blue;
    blue += (grey + TINT[2] * excess - blue) * l.blue;
  }
  red += l.minimum;
  green += l.minimum;
  blue += l.minimum;
  const intensity = (Math.max(red, 0) + Math.max(green, 0) + Math.max(blue, 0)) / 3;
  const factor =
    intensity > 0 ? Math.asinh(l.softening * intensity) / (Math.sqrt(l.softening) * intensity) : 0;
  out[0] = shown(red * factor, l.invert);
  out[1] = shown(green * factor, l.invert);
  out[2] = shown(blue * factor, l.invert);
  return out;
}

function shown(value: number, invert: boolean): number {
  const held = Math.min(1, Math.max(0, value));
  return invert ? 1 - held : held;
}

const TABLES = ([0, 1, 2] as const).map((channel) =>
  Float64Array.from({ length: 256 }, (_, byte) => flux(channel, byte)),
) as [Float64Array, Float64Array, Float64Array];

/** Replaces companded pixels (R, G, B, A bytes) by their colours: for canvases without WebGL 2. */
export function composePixels(l: Look, data: Uint8ClampedArray): void {
  const out = new Float64Array(3);
  for (let i = 0; i < data.length; i += 4) {
    compose(l, TABLES[0][data[i]!]!, TABLES[1][data[i + 1]!]!, TABLES[2][data[i + 2]!]!, out);
    data[i] = 255 * out[0]!;
    data[i + 1] = 255 * out[1]!;
    data[i + 2] = 255 * out[2]!;
  }
}
