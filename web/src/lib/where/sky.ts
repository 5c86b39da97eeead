// Positions, angles and odds as people write them, and the way to other sites that show the sky.

/** A whole of `per` parts, carried over: 59.97 s with one digit is the next minute, not 60.0. */
function parts(value: number, digits: number): [number, number, string] {
  const unit = 10 ** digits;
  const whole = Math.round(value * 3600 * unit);
  const seconds = whole % (60 * unit);
  const minutes = Math.floor(whole / (60 * unit));
  return [Math.floor(minutes / 60), minutes % 60, (seconds / unit).toFixed(digits)];
}

const two = (n: number) => String(n).padStart(2, '0');
const padded = (seconds: string, digits: number) => seconds.padStart(digits === 0 ? 2 : digits + 3, '0');

/** Right ascension in hours: `10h 00m 28.6s`. */
export function hours(ra: number, digits = 1): string {
  const [h, m, s] = parts(((((ra % 360) + 360) % 360) / 360) * 24, digits);
  return `${two(h % 24)}h ${two(m)}m ${padded(s, digits)}s`;
}

/** Declination: `+02° 12′ 21″`. */
export function degrees(dec: number, digits = 0): string {
  const [d, m, s] = parts(Math.abs(dec), digits);
  return `${dec < 0 ? '−' : '+'}${two(d)}° ${two(m)}′ ${padded(s, digits)}″`;
}

/** An angle in the unit that suits it, three figures: `12.3°`, `4.56′`, `0.396″`. */
export function angle(deg: number, format: (value: number, digits: number) => string): string {
  const size = Math.abs(deg);
  const [value, unit] = size >= 1 ? [deg, '°'] : size >= 1 / 60 ? [deg * 60, '′'] : [deg * 3600, '″'];
  const figures = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return `${format(value, figures)}${unit}`;
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Odds from their natural logarithm, as a power of ten: `10²¹`. */
export function odds(log: number): string {
  const power = Math.max(0, Math.floor(log / Math.LN10));
  return `10${[...String(power)].map((digit) => RAISED[Number(digit)]).join('')}`;
}

/** The viewer of the Legacy Surveys, at a scale that shows this many degrees. */
export function legacyViewer(ra: number, dec: number, width: number): string {
  const zoom = Math.round(Math.log2(1125 / Math.max(width, 1e-4)));
  const query = new URLSearchParams({
    ra: ra.toFixed(5),
    dec: dec.toFixed(5),
    layer: 'ls-dr10',
    zoom: String(Math.min(16, Math.max(4, zoom))),
  });
  return `https://www.legacysurvey.org/viewer?${query}`;
}

/** Aladin Lite, which has the whole sky. */
export function aladin(ra: number, dec: number, width: number): string {
  const query = new URLSearchParams({
    target: `${ra.toFixed(5)} ${dec >= 0 ? '+' : ''}${dec.toFixed(5)}`,
    fov: Math.min(180, width * 1.2).toFixed(3),
  });
  return `https://aladin.cds.unistra.fr/AladinLite/?${query}`;
}

/** How a line of the grid is called: hours for right ascension, degrees for declination. */
export function gridLabel(isRa: boolean, value: number, step: number): string {
  if (!isRa) return step < 1 / 60 ? degrees(value) : degrees(value).slice(0, -4);
  const text = hours(value, 0);
  return step < 0.25 ? text : text.slice(0, -4);
}
