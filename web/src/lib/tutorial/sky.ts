// The drawn field of the toy: the cluster's light in front, the galaxies behind seen through the lens.
// Arcsec from the middle, x right, y down. The bending is looked up once per pixel; moving the galaxy
// or changing the mass only redraws what lies behind.
import {
  BLUE,
  CREAM,
  CYAN,
  develop,
  dice,
  disk,
  ellipticalRadius,
  type Galaxy,
  GOLD,
  ROSE,
  spheroid,
} from '#lib/lens/light';
import type { LensModel } from '#lib/teach/types';
import { DeflectionField } from './field';

const NOISE = 0.006;
/** Behind the cluster there is more than the one galaxy that can be moved. */
const OTHERS: Omit<Galaxy, 'colour'>[] = [
  { x: -8.5, y: -9.5, size: 0.5, axisRatio: 0.7, angle: 0.2, brightness: 0.5 },
  { x: -7, y: 12, size: 0.55, axisRatio: 0.8, angle: 1.4, brightness: 0.45 },
];

/** What is seen of the galaxy behind. */
export interface Seen {
  /** Separate images. */
  images: number;
  /** Length of the longest over the galaxy's own width. */
  stretch: number;
  /** Share of all directions that the images cover, from the middle. */
  around: number;
}

export class ToySky {
  readonly side: number;
  readonly half: number;
  readonly source: Galaxy;
  readonly #front: Float32Array;
  readonly #bend: Float32Array;
  readonly #behind: Galaxy[];
  readonly #light = new Float32Array(3);

  constructor(model: LensModel, side: number, start: { x: number; y: number }) {
    const field = new DeflectionField(model);
    this.side = side;
    this.half = field.half;
    this.source = { ...start, size: 0.72, axisRatio: 0.65, angle: 2.1, brightness: 1.05, colour: BLUE };
    const others = OTHERS.map((galaxy, number) => ({ ...galaxy, colour: number === 0 ? CYAN : ROSE }));
    this.#behind = [this.source, ...others];
    const lights = [
      ...model.galaxies.map(({ x, y, radius, axis_ratio, angle }, number) =>
        spheroid({
          x,
          y,
          size: radius * (number === 0 ? 1.15 : 1.1),
          axisRatio: axis_ratio,
          angle,
          brightness: number === 0 ? 1.3 : 1,
          colour: number % 3 === 2 ? CREAM : GOLD,
        }),
      ),
      ...scattered(field.half),
    ];
    const roll = dice(3);
    this.#front = new Float32Array(3 * side * side);
    this.#bend = new Float32Array(2 * side * side);
    for (let at = 0; at < side * side; at++) {
      const [x, y] = this.place(at);
      this.#bend.set(field.deflection(x, y), 2 * at);
      this.#light.fill(0);
      for (const light of lights) light(x, y, this.#light);
      for (let c = 0; c < 3; c++)
        this.#front[3 * at + c] = this.#light[c]! + NOISE * (roll() + roll() + roll() - 1.2);
    }
  }

  /** Where a pixel lies, arcsec. */
  place(at: number): [number, number] {
    const arcsec = (index: number) => this.half * ((2 * index + 1) / this.side - 1);
    return [arcsec(at % this.side), arcsec(Math.floor(at / this.side))];
  }

  /** Draws with this share of the mass, and says what is seen of the galaxy behind. */
  paint(pixels: Uint8ClampedArray, mass: number): Seen {
    const { side } = this;
    const bright = new Uint8Array(side * side);
    for (let at = 0; at < side * side; at++) {
      const [x, y] = this.place(at);
      const [sx, sy] = [x - mass * this.#bend[2 * at]!, y - mass * this.#bend[2 * at + 1]!];
      for (let c = 0; c < 3; c++) this.#light[c] = this.#front[3 * at + c]!;
      for (const galaxy of this.#behind) {
        const r = ellipticalRadius(galaxy, sx, sy);
        if (r > 5) continue;
        const light = galaxy.brightness * Math.exp(-1.7 * r);
        if (galaxy === this.source && r < 1.25) bright[at] = 1;
        for (let c = 0; c < 3; c++) this.#light[c]! += light * galaxy.colour[c]!;
      }
      develop(this.#light, 0, pixels, 4 * at);
    }
    return this.#describe(bright);
  }

  /** Counts the patches and measures them. */
  #describe(bright: Uint8Array): Seen {
    const { side } = this;
    const scale = (2 * this.half) / side;
    const directions = new Uint8Array(36);
    let [images, longest] = [0, 0];
    for (let start = 0; start < bright.length; start++) {
      if (bright[start] !== 1) continue;
      bright[start] = 2;
      const patch = [start];
      for (let done = 0; done < patch.length; done++) {
        const at = patch[done]!;
        const x = at % side;
        for (const next of [x > 0 ? at - 1 : -1, x + 1 < side ? at + 1 : -1, at - side, at + side]) {
          if (bright[next] !== 1) continue;
          bright[next] = 2;
          patch.push(next);
        }
      }
      // Specks are less than an eye sees.
      if (patch.length * scale * scale < 0.35) continue;
      images += 1;
      const far = (from: number) => {
        const [fx, fy] = this.place(from);
        let [best, reach] = [from, 0];
        for (const at of patch) {
          const [x, y] = this.place(at);
          const away = Math.hypot(x - fx, y - fy);
          if (away > reach) [best, reach] = [at, away];
          directions[Math.floor(((Math.atan2(y, x) / Math.PI + 1) / 2) * 35.999)] = 1;
        }
        return [best, reach] as const;
      };
      longest = Math.max(longest, far(far(start)[0])[1]);
    }
    const width = 2 * 1.25 * this.source.size;
    return { images, stretch: longest / width, around: directions.reduce((sum, seen) => sum + seen, 0) / 36 };
  }
}

/** Small faint galaxies of the field, for the eye. */
function scattered(half: number) {
  const roll = dice(5);
  return Array.from({ length: 34 }, () =>
    disk({
      x: half * (2 * roll() - 1),
      y: half * (2 * roll() - 1),
      size: 0.32 + 0.4 * roll(),
      axisRatio: 0.4 + 0.6 * roll(),
      angle: 3 * roll(),
      brightness: 0.1 + 0.3 * roll(),
      colour: [CREAM, ROSE, GOLD][Math.floor(3 * roll())] ?? CREAM,
    }),
  );
}
