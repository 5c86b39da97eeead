// How complete the search is and how the order of images followed the answers, as the campaign writes
// them into the summaries of rounds. That is free JSON: whatever is missing or makes no sense is left out,
// and nothing is guessed in its place. Words are in `told`.
import type { Round } from '#lib/api/client';

/** A number with its 95 % interval; `low <= estimate <= high`. */
export interface Range {
  estimate: number;
  low: number;
  high: number;
}

export interface Search {
  /** Answers that were known when the numbers were worked out. */
  asOf: number | null;
  /** Images drawn by lot, and looked at. */
  audited: number | null;
  /** Lenses found. */
  found: number | null;
  /** The share of the lenses aimed at, above 0 and at most 1. */
  target: number | null;
  /** Lenses in the survey. */
  lenses: Range | null;
  /** Found, as a share of the lenses in the survey; from 0 to 1. */
  share: Range | null;
  /** Lenses that are not found yet. */
  left: Range | null;
  /** More answers until the share aimed at is found. */
  votes: Range | null;
}

export interface LiveRanking {
  /** The round it is about; null if that is the newest. */
  round: number | null;
  /** How often the images were put into a new order. */
  rerankings: number;
  /** Images that joined the queue. */
  added: number | null;
  /** Images that had left it and came back. */
  returned: number | null;
  /** From an answer to the new order. */
  medianSeconds: number | null;
}

/** More of anything is no number of a survey. */
const MOST = 1e12;

/** What the newest round says that says something. */
export function searchOf(rounds: readonly Round[]): Search | null {
  return newest(rounds, 'search', (fields) => {
    const search = {
      asOf: count(fields.as_of_votes),
      audited: count(fields.audited),
      found: count(fields.found),
      target: targetOf(fields.target),
      lenses: range(fields.lenses, MOST),
      share: range(fields.completeness, 1),
      left: range(fields.left, MOST),
      votes: range(fields.votes_to_target, MOST),
    };
    const { found, lenses, share, left } = search;
    return found === null && !lenses && !share && !left ? null : search;
  });
}

/** Likewise; the order of a round that is over and never changed is no news. */
export function liveOf(rounds: readonly Round[]): LiveRanking | null {
  const last = Math.max(...rounds.map(({ round }) => round));
  return newest(rounds, 'live', (fields, round) => {
    const rerankings = count(fields.rerankings);
    if (rerankings === null || (rerankings === 0 && round !== last)) return null;
    const seconds = number(fields.median_seconds);
    return {
      round: round === last ? null : round,
      rerankings,
      added: count(fields.added),
      returned: count(fields.returned),
      medianSeconds: seconds !== null && seconds >= 0 && seconds < 1e6 ? seconds : null,
    };
  });
}

type Fields = Record<string, unknown>;

function newest<Found>(
  rounds: readonly Round[],
  name: string,
  read: (fields: Fields, round: number) => Found | null,
): Found | null {
  for (const { round, summary } of [...rounds].sort((a, b) => b.round - a.round)) {
    const fields = fieldsOf(fieldsOf(summary)?.[name]);
    const found = fields && read(fields, round);
    if (found) return found;
  }
  return null;
}

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;

const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

function count(value: unknown): number | null {
  const n = number(value);
  return n !== null && n >= 0 && n <= MOST ? Math.round(n) : null;
}

function targetOf(value: unknown): number | null {
  const target = number(value);
  return target !== null && target > 0 && target <= 1 ? target : null;
}

/** Ends beyond what is possible are drawn in; numbers in the wrong order are none. */
function range(value: unknown, most: number): Range | null {
  const fields = fieldsOf(value) ?? {};
  const [low, estimate, high] = [number(fields.low), number(fields.estimate), number(fields.high)];
  if (low === null || estimate === null || high === null) return null;
  if (low > estimate || estimate > high || high < 0 || low > most) return null;
  const within = (x: number) => Math.min(most, Math.max(0, x));
  return { estimate: within(estimate), low: within(low), high: within(high) };
}
