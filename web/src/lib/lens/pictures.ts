// The drawings of the app: the cluster of the home page and the toy, the signs of a lens, and what is
// often mistaken for one.
import {
  add,
  BLUE,
  type Colour,
  CREAM,
  CYAN,
  dice,
  disk,
  type Galaxy,
  GOLD,
  type Light,
  ROSE,
  spheroid,
  WHITE,
} from './light';
import { Scene } from './scene';

const NO_LENS = { axisRatio: 1, angle: 0, core: 0.1 };

const galaxy = (
  x: number,
  y: number,
  size: number,
  axisRatio: number,
  angle: number,
  brightness: number,
  colour: Colour,
): Galaxy => ({ x, y, size, axisRatio, angle, brightness, colour });

/** Golden galaxies, denser towards the middle, where the brightest sits. */
function clusterLight(seed: number, members: number): Light[] {
  const roll = dice(seed);
  const lights = [spheroid(galaxy(0, 0, 0.14, 0.78, 0.5, 1.5, GOLD))];
  for (let i = 0; i < members; i++) {
    const radius = 0.13 + 0.85 * roll() ** 1.25;
    const around = 2 * Math.PI * roll();
    const size = 0.016 + 0.034 * roll() ** 2;
    const [x, y] = [radius * Math.cos(around), radius * Math.sin(around) * 0.9];
    lights.push(
      spheroid(
        galaxy(
          x,
          y,
          size,
          0.55 + 0.45 * roll(),
          3.1 * roll(),
          0.5 + 0.9 * roll(),
          roll() < 0.7 ? GOLD : CREAM,
        ),
      ),
    );
  }
  return lights;
}

/** Small faint galaxies of the field that the lens does not touch. */
function fieldLight(seed: number, number: number): Light[] {
  const roll = dice(seed);
  return Array.from({ length: number }, () => {
    const colour = [BLUE, CYAN, ROSE, WHITE][Math.floor(4 * roll())] ?? WHITE;
    return disk(
      galaxy(
        2 * roll() - 1,
        2 * roll() - 1,
        0.012 + 0.014 * roll(),
        0.4 + 0.6 * roll(),
        3 * roll(),
        0.1 + 0.3 * roll(),
        colour,
      ),
    );
  });
}

/** Where the galaxy that can be moved stands at first: near a cusp, for a long arc. */
export const MOVED_GALAXY = { x: 0.088, y: 0.048 };

/** The cluster of the home page and the toy. The first galaxy behind is the one to be moved. */
export function clusterScene(side: number): Scene {
  return new Scene({
    side,
    lens: { axisRatio: 0.74, angle: 0.5, core: 0.05 },
    einstein: 0.47,
    front: [...clusterLight(2, 40), ...fieldLight(5, 26)],
    behind: [
      galaxy(MOVED_GALAXY.x, MOVED_GALAXY.y, 0.023, 0.62, 2.1, 1.05, BLUE),
      galaxy(-0.15, -0.07, 0.012, 0.7, 0.2, 0.55, CYAN),
      galaxy(-0.16, 0.2, 0.016, 0.8, 1.4, 0.5, ROSE),
    ],
    seed: 3,
  });
}

const SIDE = 176;

const drawn = (front: Light[], behind: Galaxy[] = [], lens = NO_LENS, einstein = 0): Scene =>
  new Scene({
    side: SIDE,
    lens,
    einstein,
    front: [...front, ...fieldLight(front.length + 40, 9)],
    behind,
    seed: 9,
  });

const core = (size: number, brightness: number, colour: Colour, axisRatio = 0.9, angle = 0.4) =>
  spheroid(galaxy(0, 0, size, axisRatio, angle, brightness, colour));

/** Two arms that wind out of the centre of a disk. */
function spiralArms(x: number, y: number, into: Float32Array): void {
  const [u, v] = [x, y / 0.8];
  const r = Math.hypot(u, v);
  const wave = Math.cos(2 * (Math.atan2(v, u) - 2.3 * Math.log(r + 0.05)));
  const arm = 0.16 + 1.1 * Math.max(0, wave) ** 3;
  add(into, BLUE, 0.62 * arm * Math.exp(-4.4 * r) * Math.min(1, r / 0.12));
}

function ringOfStars(x: number, y: number, into: Float32Array): void {
  const r = Math.hypot(x, y / 0.86);
  const knots = 0.75 + 0.25 * Math.cos(7 * Math.atan2(y, x)) + 0.2 * Math.cos(3 * Math.atan2(y, x) + 1);
  add(into, BLUE, 0.26 * knots * Math.exp(-(((r - 0.36) / 0.06) ** 2)) + 0.03 * Math.exp(-6 * r));
}

function brightStar(x: number, y: number, into: Float32Array): void {
  const r = Math.hypot(x, y);
  const spike = (across: number, along: number) =>
    Math.exp(-((across / 0.011) ** 2)) * Math.exp(-4.2 * Math.abs(along));
  add(into, WHITE, 9 * Math.exp(-((r / 0.05) ** 2)) + 0.5 * Math.exp(-8 * r));
  add(into, WHITE, 0.9 * (spike(x, y) + spike(y, x)));
  add(into, CYAN, 0.035 * Math.exp(-(((r - 0.62) / 0.05) ** 2)));
}

/** Tails that leave two galaxies and fade. */
function tidalTails(x: number, y: number, into: Float32Array): void {
  const tail = (u: number, v: number) => {
    const bend = v - 0.9 * u * u;
    return u > 0 ? Math.exp(-((bend / 0.055) ** 2)) * Math.exp(-2.6 * u) * Math.min(1, u / 0.08) : 0;
  };
  add(into, BLUE, 0.42 * (tail(x - 0.1, y - 0.06) + tail(-x - 0.1, -y - 0.06)));
}

/** A line from edge to edge. */
function straightLine(x: number, y: number, into: Float32Array): void {
  add(into, WHITE, 0.75 * Math.exp(-(((y - 0.45 * x - 0.12) / 0.014) ** 2)));
}

export const PICTURES = {
  arc: () =>
    drawn(
      clusterLight(23, 12),
      [galaxy(0.07, 0.06, 0.026, 0.6, 2.2, 0.95, BLUE)],
      { axisRatio: 0.75, angle: 0.6, core: 0.05 },
      0.47,
    ),
  ring: () =>
    drawn(
      [core(0.1, 1.1, GOLD)],
      [galaxy(0.012, 0.006, 0.05, 0.9, 0, 0.6, BLUE)],
      { axisRatio: 0.97, angle: 0.3, core: 0.01 },
      0.42,
    ),
  images: () =>
    drawn(
      [core(0.1, 1.1, GOLD, 0.7, 0.3)],
      [galaxy(0.02, 0.035, 0.013, 0.9, 0, 1.9, CYAN)],
      { axisRatio: 0.62, angle: 0.3, core: 0.02 },
      0.42,
    ),
  arclets: () =>
    drawn(
      clusterLight(31, 14),
      [
        galaxy(0.3, 0.12, 0.022, 0.7, 0.4, 0.9, BLUE),
        galaxy(-0.2, 0.28, 0.02, 0.7, 1.2, 0.8, CYAN),
        galaxy(-0.26, -0.2, 0.022, 0.7, 2, 0.85, BLUE),
        galaxy(0.14, -0.33, 0.02, 0.7, 0.9, 0.8, CYAN),
      ],
      { axisRatio: 0.85, angle: 0.6, core: 0.05 },
      0.47,
    ),
  spiral: () => drawn([core(0.055, 1, CREAM), spiralArms]),
  ringGalaxy: () => drawn([core(0.06, 1, CREAM), ringOfStars]),
  edge: () =>
    drawn([
      disk(galaxy(0.02, 0.02, 0.42, 0.085, -0.6, 0.75, CYAN)),
      spheroid(galaxy(0.02, 0.02, 0.05, 0.6, -0.6, 0.8, CREAM)),
      spheroid(galaxy(-0.55, 0.42, 0.04, 0.9, 0, 0.8, GOLD)),
    ]),
  star: () => drawn([brightStar]),
  merger: () =>
    drawn([
      spheroid(galaxy(0.1, 0.06, 0.06, 0.7, 0.5, 1, CREAM)),
      spheroid(galaxy(-0.1, -0.06, 0.055, 0.75, 0.8, 0.95, CREAM)),
      tidalTails,
    ]),
  trail: () => drawn([...clusterLight(23, 12), straightLine]),
} satisfies Record<string, () => Scene>;

export type Picture = keyof typeof PICTURES;
