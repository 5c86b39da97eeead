// A small sky of stars that never were, for tests: as a table for `lensfinder index build`, and as a picture.
//   node tools/stars.js > stars.csv
import { crc32, deflateSync } from 'node:zlib';

export const CENTRE = { ra: 150, dec: 30 };
/** Degrees around the centre that have stars. */
const RADIUS = 9;
const COUNT = 2500;
const RAD = Math.PI / 180;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function dice(/** @type {number} */ seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Position at a place of the plane that touches the sky at the centre: degrees east and north. */
function onSky(/** @type {number} */ east, /** @type {number} */ north) {
  const [x, y] = [east * RAD, north * RAD];
  const [sin, cos] = [Math.sin(CENTRE.dec * RAD), Math.cos(CENTRE.dec * RAD)];
  const depth = cos - y * sin;
  const ra = CENTRE.ra + Math.atan2(x, depth) / RAD;
  return { ra, dec: Math.atan2(sin + y * cos, Math.hypot(x, depth)) / RAD };
}

/** All stars: where they are on the plane, on the sky, and how bright. */
export function stars() {
  const roll = dice(2026);
  return Array.from({ length: COUNT }, () => {
    for (;;) {
      const [east, north] = [(2 * roll() - 1) * RADIUS, (2 * roll() - 1) * RADIUS];
      const magnitude = 2 + 5 * Math.sqrt(roll());
      if (Math.hypot(east, north) < RADIUS) return { east, north, magnitude, ...onSky(east, north) };
    }
  });
}

export const csv = () =>
  ['ra,dec,mag', ...stars().map(({ ra, dec, magnitude }) => `${ra},${dec},${magnitude}`)].join('\n') + '\n';

/**
 * A picture around the centre, north up and east left, as a PNG.
 * @param {number} side pixels
 * @param {number} scale arcsec per pixel
 */
export function picture(side = 480, scale = 60) {
  const light = new Float64Array(side * side).fill(18);
  for (const { east, north, magnitude } of stars()) {
    const x = side / 2 - 0.5 - (east * 3600) / scale;
    const y = side / 2 - 0.5 - (north * 3600) / scale;
    const peak = 220 * 10 ** (-0.4 * (magnitude - 2)) + 12;
    for (let row = Math.max(0, Math.round(y) - 6); row <= Math.min(side - 1, Math.round(y) + 6); row++) {
      for (
        let column = Math.max(0, Math.round(x) - 6);
        column <= Math.min(side - 1, Math.round(x) + 6);
        column++
      ) {
        const away = (column - x) ** 2 + (row - y) ** 2;
        const place = row * side + column;
        light[place] = (light[place] ?? 0) + peak * Math.exp(-away / (2 * 1.3 ** 2));
      }
    }
  }
  const roll = dice(7);
  return png(
    side,
    side,
    Uint8Array.from(light, (value) => Math.min(255, Math.round(value + 4 * (roll() + roll() - 1)))),
  );
}

/**
 * A grey PNG.
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} grey
 */
export function png(width, height, grey) {
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) {
    rows.set(grey.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const chunk = (/** @type {string} */ kind, /** @type {Buffer} */ data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length, 0);
    frame.set(body, 4);
    frame.writeUInt32BE(crc32(body), 4 + body.length);
    return frame;
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

if (process.argv[1] === import.meta.filename) process.stdout.write(csv());
