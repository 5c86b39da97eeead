// Light of galaxies and stars for the drawings: a few simple shapes, a fixed colour scheme, and the
// stretch that makes faint light visible. Coordinates run from −1 to 1, y downwards.

export type Colour = readonly [number, number, number];

/** Adds light at (x, y) to `into`. */
export type Light = (x: number, y: number, into: Float32Array) => void;

export const GOLD: Colour = [1, 0.72, 0.4];
export const CREAM: Colour = [1, 0.86, 0.66];
export const BLUE: Colour = [0.36, 0.62, 1];
export const CYAN: Colour = [0.45, 0.82, 0.95];
export const ROSE: Colour = [0.95, 0.6, 0.55];
export const WHITE: Colour = [1, 0.97, 0.94];

export interface Galaxy {
  x: number;
  y: number;
  /** Radius that holds most of the light. */
  size: number;
  axisRatio: number;
  angle: number;
  brightness: number;
  colour: Colour;
}

/** Elliptical radius in units of the galaxy's size. */
export function ellipticalRadius(galaxy: Galaxy, x: number, y: number): number {
  const [cos, sin] = [Math.cos(galaxy.angle), Math.sin(galaxy.angle)];
  const [dx, dy] = [x - galaxy.x, y - galaxy.y];
  return Math.hypot(cos * dx + sin * dy, (cos * dy - sin * dx) / galaxy.axisRatio) / galaxy.size;
}

export function add(into: Float32Array, colour: Colour, amount: number): void {
  into[0]! += colour[0] * amount;
  into[1]! += colour[1] * amount;
  into[2]! += colour[2] * amount;
}

/** Old stars: bright core, wide faint halo. */
export const spheroid = (galaxy: Galaxy): Light => {
  return (x, y, into) => {
    const r = ellipticalRadius(galaxy, x, y);
    if (r < 9) add(into, galaxy.colour, galaxy.brightness * Math.exp(-3.2 * (Math.sqrt(r + 0.01) - 0.1)) * 2);
  };
};

/** Young stars: a disk that fades evenly. */
export const disk = (galaxy: Galaxy): Light => {
  return (x, y, into) => {
    const r = ellipticalRadius(galaxy, x, y);
    if (r < 7) add(into, galaxy.colour, galaxy.brightness * Math.exp(-1.7 * r));
  };
};

/** Random numbers that are the same every time (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Light to an 8-bit colour: the asinh stretch over the mean, hue kept, as in the real images. */
export function develop(light: Float32Array, at: number, pixels: Uint8ClampedArray, to: number): void {
  const [r, g, b] = [Math.max(0, light[at]!), Math.max(0, light[at + 1]!), Math.max(0, light[at + 2]!)];
  const mean = (r + g + b) / 3 + 1e-6;
  const scale = Math.asinh(mean * 14) / (3.1 * mean);
  const top = Math.max(1, r * scale, g * scale, b * scale);
  pixels[to] = 8 + (247 * r * scale) / top;
  pixels[to + 1] = 10 + (245 * g * scale) / top;
  pixels[to + 2] = 17 + (238 * b * scale) / top;
  pixels[to + 3] = 255;
}
