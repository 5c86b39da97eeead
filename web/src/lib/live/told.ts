// How complete the search is, in sentences: numbers as round as their interval allows, words from the
// catalogue. What is said is never surer than what was estimated.
import type { LiveRanking, Range, Search } from './search';
import type { Words } from './words/en';

/** A number and how it is written. */
export interface Count {
  n: number;
  text: string;
}
type Format = (n: number) => string;

/** Percent. */
export interface Bar {
  estimate: number;
  low: number;
  high: number;
  target: number | null;
}
export interface Told {
  /** How many lenses there are, and which share of them is found. */
  found: string[];
  /** What is left. */
  left: string[];
  /** Where the numbers come from, and how old they are. */
  source: string[];
  bar: Bar | null;
}

/** An interval wider than this, in percent, says little. */
const ROUGH = 80;

/** `now`: answers by now, if known. */
export function tell(search: Search, now: number | null, words: Words['search'], format: Format): Told {
  const { asOf, audited, found, lenses, share, left, votes } = search;
  const count = (n: number): Count => ({ n, text: format(n) });
  const brackets = ({ low, high }: Range) => (low < high ? words.range(format(low), format(high)) : '');
  const bar = share && { ...percent(share), target: search.target === null ? null : oneDigit(search.target) };

  const told: Told = { found: [], left: [], source: [], bar };
  if (lenses) {
    const all = rounded(lenses, found ?? 0);
    told.found.push(
      found === null
        ? words.inAll(count(all.estimate), brackets(all))
        : words.inSurvey(words.found(count(found)), count(all.estimate), brackets(all)),
    );
  } else if (found !== null) {
    told.found.push(words.only(words.found(count(found)), !share));
  }
  if (bar) {
    const { estimate, low, high } = bar;
    const ends: [string, string] = [format(low), format(high)];
    told.found.push(
      high - low > ROUGH
        ? words.rough(...ends)
        : words.share(format(estimate), low < high ? ends : null, !!lenses),
    );
  } else if (lenses) {
    told.found.push(words.noShare);
  }

  if (left) {
    const some = rounded(left);
    told.left.push(words.left(count(some.estimate), brackets(some)));
  }
  if (search.target !== null) {
    const aim = format(oneDigit(search.target));
    const more = votes && rounded(votes, 0, 2);
    const isThere = (x: number | undefined) => x !== undefined && x >= (search.target ?? 1);
    if (isThere(share?.low)) told.left.push(words.reached(aim, true));
    else if (isThere(share?.estimate) || more?.estimate === 0) told.left.push(words.reached(aim, false));
    else if (more) told.left.push(words.answers(count(more.estimate), brackets(more), aim));
    else told.left.push(words.noAnswers(aim));
  }

  if (audited !== null) told.source.push(words.lot(count(audited)));
  if (asOf !== null) {
    told.source.push(words.age(count(asOf), now !== null && now > asOf ? format(now) : null));
  }
  return told;
}

/** One line about the order of the images. */
export function tellLive(live: LiveRanking, words: Words['liveOrder'], format: Format): string {
  const count = (n: number): Count => ({ n, text: format(n) });
  const { rerankings, added, returned, medianSeconds } = live;
  if (rerankings === 0) return words.still;
  const round = live.round === null ? null : format(live.round);
  const seconds = medianSeconds === null ? null : format(short(medianSeconds));
  const moved = added === null || returned === null ? '' : words.moved(count(added), count(returned));
  return words.followed(count(rerankings), round, seconds, moved);
}

/** Rounded to what its interval can bear (two figures of its width), the ends outwards; not below `least`.
    With `figures`, to no more than that many. */
export function rounded({ estimate, low, high }: Range, least = 0, figures?: number): Range {
  const tens = (x: number, kept: number) => 10 ** Math.max(0, Math.floor(Math.log10(x)) + 1 - kept);
  const byWidth = high > low ? tens(high - low, 2) : 1;
  const unit = Math.max(byWidth, figures && estimate > 0 ? tens(estimate, figures) : 1);
  // A hair's breadth off a whole number is floating point, not a measurement.
  const down = Math.floor(low / unit + 1e-9) * unit;
  const up = Math.ceil(high / unit - 1e-9) * unit;
  const middle = Math.round(estimate / unit) * unit;
  return {
    estimate: Math.max(least, middle),
    low: Math.max(least, down),
    high: Math.max(least, up),
  };
}

/** Whole percent; not 0 or 100 where it is not quite that. */
function percent({ estimate, low, high }: Range): Range {
  const middle = Math.round(100 * estimate);
  return {
    estimate: estimate > 0 && estimate < 1 ? Math.min(99, Math.max(1, middle)) : middle,
    low: Math.floor(100 * low + 1e-9),
    high: Math.ceil(100 * high - 1e-9),
  };
}

const oneDigit = (share: number) => Math.round(1000 * share) / 10;

/** Tenths of a second, and no less than one; whole ones from ten. */
const short = (seconds: number) =>
  seconds < 10 ? Math.max(1, Math.round(10 * seconds)) / 10 : Math.round(seconds);
