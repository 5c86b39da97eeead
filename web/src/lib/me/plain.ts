// Numbers as people say them: "8 in 10 (7 to 9)", "twice as much".

export interface InPlain {
  n: number;
  of: 10 | 100;
  low: number;
  high: number;
}

/** Half a width of the interval below which hundredths mean something. */
const SHARP = 0.05;

/** A share with its interval in tenths, or in hundredths where the interval is that narrow. The ends
    are rounded outwards, so that what is said is never surer than what was measured. */
export function inPlain(share: number, low: number, high: number): InPlain {
  const of = (high - low) / 2 < SHARP ? 100 : 10;
  // A hair's breadth off a whole number is floating point, not a measurement.
  const down = (x: number) => Math.floor(x * of + 1e-9);
  const up = (x: number) => Math.ceil(x * of - 1e-9);
  return { n: Math.round(share * of), of, low: down(low), high: up(high) };
}

export type Weight = { is: 'same' } | { is: 'more'; times: number } | { is: 'less'; share: number };

/** How an answer compares with a newcomer's; nothing is made of a tenth more or less. */
export function weightOf(now: number, newcomer: number): Weight {
  const ratio = newcomer > 0 ? now / newcomer : 1;
  if (ratio > 1.1) return { is: 'more', times: ratio };
  if (ratio < 0.9) return { is: 'less', share: ratio };
  return { is: 'same' };
}
