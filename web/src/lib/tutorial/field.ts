// The deflection of the server's lens: a grid of numbers, interpolated smoothly, and the tracing of a
// place in the image back to where its light comes from (β = θ − α). Arcsec, x right, y down.
import type { LensModel } from '#lib/teach/types';

/** Weights of the four nodes around a place between the second and the third (Catmull and Rom). */
function weights(t: number): [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [
    -0.5 * t + t2 - 0.5 * t3,
    1 - 2.5 * t2 + 1.5 * t3,
    0.5 * t + 2 * t2 - 1.5 * t3,
    -0.5 * t2 + 0.5 * t3,
  ];
}

export class DeflectionField {
  readonly half: number;
  readonly #nodes: number;
  readonly #alpha: Float32Array;

  constructor({
    half_width_arcsec,
    nodes,
    unit_arcsec,
    deflection,
  }: Pick<LensModel, 'half_width_arcsec' | 'nodes' | 'unit_arcsec' | 'deflection'>) {
    const bytes = Uint8Array.from(atob(deflection), (character) => character.charCodeAt(0));
    const numbers = new DataView(bytes.buffer);
    this.half = half_width_arcsec;
    this.#nodes = nodes;
    this.#alpha = Float32Array.from(
      { length: 2 * nodes * nodes },
      (_, at) => numbers.getInt16(2 * at, true) * unit_arcsec,
    );
  }

  /** Deflection at full mass. Outside the field it is that of the nearest edge. */
  deflection(x: number, y: number): [number, number] {
    const [column, s] = this.#cell(x);
    const [row, t] = this.#cell(y);
    const [across, down] = [weights(s), weights(t)];
    let [ax, ay] = [0, 0];
    for (let j = 0; j < 4; j++) {
      const line = this.#clamp(row + j - 1) * this.#nodes;
      for (let i = 0; i < 4; i++) {
        const weight = across[i]! * down[j]!;
        const at = 2 * (line + this.#clamp(column + i - 1));
        ax += weight * this.#alpha[at]!;
        ay += weight * this.#alpha[at + 1]!;
      }
    }
    return [ax, ay];
  }

  /** Where the light that arrives from (x, y) set out, with this share of the mass. */
  source(x: number, y: number, mass = 1): [number, number] {
    const [ax, ay] = this.deflection(x, y);
    return [x - mass * ax, y - mass * ay];
  }

  #cell(place: number): [number, number] {
    const at = ((place / this.half + 1) * (this.#nodes - 1)) / 2;
    const bounded = Math.min(this.#nodes - 1, Math.max(0, at));
    const cell = Math.min(this.#nodes - 2, Math.floor(bounded));
    return [cell, bounded - cell];
  }

  #clamp(node: number): number {
    return Math.min(this.#nodes - 1, Math.max(0, node));
  }
}
