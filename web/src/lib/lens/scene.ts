// A drawn field of the sky: light in front, and galaxies behind whose light a lens bends. The
// bending is computed once; moving the source or changing the mass only redraws what lies behind.
import { deflection, type LensShape } from './deflection';
import { develop, dice, ellipticalRadius, type Galaxy, type Light } from './light';

export interface SceneSpec {
  /** Pixels on a side. */
  side: number;
  lens: LensShape;
  /** Einstein radius at mass 1, in half field widths. */
  einstein: number;
  front: Light[];
  /** Galaxies behind; the first is the one that can be moved. */
  behind: Galaxy[];
  seed: number;
}

const NOISE = 0.006;

export class Scene {
  readonly side: number;
  readonly behind: Galaxy[];
  readonly #einstein: number;
  readonly #front: Float32Array;
  /** Deflection per pixel at Einstein radius 1. */
  readonly #bend: Float32Array;
  readonly #sum: Float32Array;

  constructor(spec: SceneSpec) {
    const { side } = spec;
    this.side = side;
    this.behind = spec.behind.map((galaxy) => ({ ...galaxy }));
    this.#einstein = spec.einstein;
    this.#front = new Float32Array(3 * side * side);
    this.#bend = new Float32Array(2 * side * side);
    this.#sum = new Float32Array(3);
    const roll = dice(spec.seed);
    const pixel = new Float32Array(3);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const i = row * side + column;
        const [x, y] = [this.#coordinate(column), this.#coordinate(row)];
        const [a, b] = deflection(spec.lens, x, y);
        this.#bend[2 * i] = a;
        this.#bend[2 * i + 1] = b;
        pixel.fill(0);
        for (const light of spec.front) light(x, y, pixel);
        for (let c = 0; c < 3; c++)
          this.#front[3 * i + c] = pixel[c]! + NOISE * (roll() + roll() + roll() - 1.2);
      }
    }
  }

  /** Draws with the lens at this share of its mass, 0 to 1 and above. */
  paint(pixels: Uint8ClampedArray, mass: number): void {
    const { side } = this;
    const strength = mass * this.#einstein;
    for (let i = 0; i < side * side; i++) {
      const x = this.#coordinate(i % side) - strength * this.#bend[2 * i]!;
      const y = this.#coordinate(Math.floor(i / side)) - strength * this.#bend[2 * i + 1]!;
      for (let c = 0; c < 3; c++) this.#sum[c] = this.#front[3 * i + c]!;
      for (const galaxy of this.behind) {
        const r = ellipticalRadius(galaxy, x, y);
        if (r > 5) continue;
        const light = galaxy.brightness * Math.exp(-1.7 * r);
        for (let c = 0; c < 3; c++) this.#sum[c]! += light * galaxy.colour[c]!;
      }
      develop(this.#sum, 0, pixels, 4 * i);
    }
  }

  #coordinate(index: number): number {
    return (2 * index + 1) / this.side - 1;
  }
}
