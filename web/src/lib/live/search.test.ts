// How complete the search is: read from free JSON, whatever it holds.
import { describe, expect, it } from 'vitest';
import type { Round } from '#lib/api/client';
import { liveOf, searchOf } from './search';

const round = (number: number, summary: unknown): Round => ({
  round: number,
  state: 'done',
  started_at: '',
  ended_at: null,
  summary: summary as Round['summary'],
});
const lenses = { estimate: 37.2, low: 26, high: 61 };
const whole = {
  as_of_votes: 2000,
  audited: 120,
  found: 24,
  target: 0.95,
  lenses,
  completeness: { estimate: 0.62, low: 0.39, high: 0.92 },
  left: { estimate: 13, low: 2, high: 37 },
  votes_to_target: { estimate: 4100, low: 1500, high: 9000 },
};
const read = (search: unknown) => searchOf([round(1, { search })]);
const live = { rerankings: 12, added: 40, returned: 2, median_seconds: 0.41 };

describe('how complete the search is', () => {
  it('is read whole', () => {
    expect(read(whole)).toEqual({
      asOf: 2000,
      audited: 120,
      found: 24,
      target: 0.95,
      lenses,
      share: whole.completeness,
      left: whole.left,
      votes: whole.votes_to_target,
    });
  });

  it('comes from the newest round that has it, in whatever order they are', () => {
    const rounds = [
      round(2, { search: { ...whole, found: 24 } }),
      round(1, { search: { ...whole, found: 11 } }),
      round(3, { votes_total: 2400, search: null }),
      round(4, null),
    ];
    expect(searchOf(rounds)?.found).toBe(24);
  });

  it('is unknown without rounds, without summaries, and where nothing makes sense', () => {
    expect(searchOf([])).toBeNull();
    for (const summary of [null, {}, [], 'done', { search: undefined }, { search: null }]) {
      expect(searchOf([round(1, summary)])).toBeNull();
    }
    for (const search of [7, 'soon', [], [whole], {}, { found: 'many' }, { found: -3, lenses: 12 }]) {
      expect(read(search)).toBeNull();
    }
  });

  it('passes over a round whose numbers make no sense', () => {
    expect(searchOf([round(1, { search: whole }), round(2, { search: { found: Number.NaN } })])?.found).toBe(
      24,
    );
  });

  it('keeps what makes sense beside what does not', () => {
    const odd = read({
      ...whole,
      as_of_votes: '2000',
      audited: -1,
      target: 1.5,
      left: null,
      votes_to_target: [],
    });
    expect(odd).toMatchObject({
      asOf: null,
      audited: null,
      target: null,
      left: null,
      votes: null,
      found: 24,
    });
  });

  it('takes no interval whose numbers are missing, in the wrong order or no numbers', () => {
    for (const completeness of [
      null,
      {},
      0.62,
      { estimate: 0.62 },
      { estimate: 0.62, low: 0.7, high: 0.9 },
      { estimate: 0.62, low: 0.3, high: 0.6 },
      { estimate: '0.62', low: 0.3, high: 0.9 },
      { estimate: Number.NaN, low: 0.3, high: 0.9 },
      { estimate: 0.62, low: 0.3, high: Number.POSITIVE_INFINITY },
      { estimate: 2, low: 1.5, high: 3 },
      { estimate: -2, low: -3, high: -1 },
    ]) {
      expect(read({ ...whole, completeness })?.share).toBeNull();
    }
  });

  it('draws in an interval that reaches beyond nothing and all', () => {
    const share = read({ ...whole, completeness: { estimate: 1.1, low: -0.2, high: 1.4 } })?.share;
    expect(share).toEqual({ estimate: 1, low: 0, high: 1 });
    expect(read({ ...whole, left: { estimate: 3, low: -4, high: 10 } })?.left?.low).toBe(0);
  });
});

describe('how the order followed the answers', () => {
  it('is that of the newest round', () => {
    expect(liveOf([round(1, {}), round(2, { live })])).toEqual({
      round: null,
      rerankings: 12,
      added: 40,
      returned: 2,
      medianSeconds: 0.41,
    });
  });

  it('or that of an earlier one, which it then names', () => {
    expect(liveOf([round(1, { live }), round(2, null)])?.round).toBe(1);
  });

  it('that never changed is news only of the round at work', () => {
    const still = { rerankings: 0, added: 0, returned: 0, median_seconds: null };
    expect(liveOf([round(1, { live: still })])?.rerankings).toBe(0);
    expect(liveOf([round(1, { live: still }), round(2, null)])).toBeNull();
  });

  it('is left out where it makes no sense', () => {
    expect(liveOf([])).toBeNull();
    for (const odd of [null, 3, [], {}, { rerankings: -1 }, { rerankings: '12' }]) {
      expect(liveOf([round(1, { live: odd })])).toBeNull();
    }
    const half = liveOf([round(1, { live: { rerankings: 1, added: null, median_seconds: -3 } })]);
    expect(half).toEqual({ round: null, rerankings: 1, added: null, returned: null, medianSeconds: null });
  });
});
