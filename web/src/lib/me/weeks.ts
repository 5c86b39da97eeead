// The bars of the weeks: gaps filled, ends of the axis round.
import type { OwnWork } from './types';

export interface Bar {
  /** Its Monday, `2026-11-16`. */
  monday: string;
  answers: number;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;
/** Fewer bars would look like a mistake. */
const LEAST = 8;

const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** Every week from the first with an answer (at least eight back) up to the present one. */
export function bars(weeks: OwnWork['weeks'], now: Date): Bar[] {
  const first = weeks[0];
  if (!first) return [];
  const known = new Map(weeks.map(({ monday, answers }) => [monday, answers]));
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  const last = today - ((now.getUTCDay() + 6) % 7) * 24 * 3600 * 1000;
  const from = Math.min(Date.parse(first.monday), last - (LEAST - 1) * WEEK_MS);
  const filled: Bar[] = [];
  for (let at = from; at <= last; at += WEEK_MS) {
    filled.push({ monday: day(at), answers: known.get(day(at)) ?? 0 });
  }
  return filled;
}

/** A round number not below the highest bar: 1, 2, 5 times a power of ten. */
export function top(highest: number): number {
  if (highest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((step) => step * power).find((mark) => mark >= highest) ?? highest;
}

/** For a spreadsheet. */
export const csv = (all: readonly Bar[]): string =>
  ['week_from,answers', ...all.map(({ monday, answers }) => `${monday},${answers}`)].join('\r\n') + '\r\n';
