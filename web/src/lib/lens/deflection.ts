// How far a lens bends light: the softened isothermal ellipse. Enough for drawings that behave as
// real lenses do; the simulations on the server use far more careful ones.

/** Lengths in units of the field's half width; the angle is that of the long axis, radians. */
export interface LensShape {
  /** Minor over major axis, above 0 to 1. */
  axisRatio: number;
  angle: number;
  /** Radius of the flat core. */
  core: number;
}

/**
 * Deflection at (x, y) from the centre for a lens of Einstein radius 1 in the same units; it grows in
 * proportion to the mass. Closed form of Keeton, "A Catalog of Mass Models" (astro-ph/0102341), §3.3.
 */
export function deflection(shape: LensShape, x: number, y: number): [number, number] {
  const q = Math.min(shape.axisRatio, 0.9999);
  const s = shape.core;
  const [cos, sin] = [Math.cos(shape.angle), Math.sin(shape.angle)];
  const u = cos * x + sin * y;
  const v = cos * y - sin * x;
  const e = Math.sqrt(1 - q * q);
  const psi = Math.sqrt(q * q * (s * s + u * u) + v * v);
  // Normalised so that the mean convergence inside radius 1 does not depend on the flattening.
  const norm = Math.sqrt(q) / e;
  const a = norm * Math.atan2(e * u, psi + s);
  const b = norm * Math.atanh(Math.min(0.999999, Math.max(-0.999999, (e * v) / (psi + q * q * s))));
  return [cos * a - sin * b, sin * a + cos * b];
}
