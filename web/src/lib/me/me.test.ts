import { describe, expect, it } from 'vitest';
import { addressOf, readWish, Trail } from './address';
import { inPlain, weightOf } from './plain';
import { bars, csv, top } from './weeks';

describe('a share in plain words', () => {
  it('is in tenths, the ends rounded outwards', () => {
    expect(inPlain(0.8, 0.490_16, 0.943_32)).toEqual({ n: 8, of: 10, low: 4, high: 10 });
    expect(inPlain(0.83, 0.71, 0.9)).toEqual({ n: 8, of: 10, low: 7, high: 9 });
  });

  it('is in hundredths where the interval is that narrow', () => {
    expect(inPlain(0.95, 0.921, 0.969)).toEqual({ n: 95, of: 100, low: 92, high: 97 });
  });

  it('stays between none and all', () => {
    expect(inPlain(1, 0.722, 1)).toEqual({ n: 10, of: 10, low: 7, high: 10 });
    expect(inPlain(0, 0, 0.278)).toEqual({ n: 0, of: 10, low: 0, high: 3 });
    expect(inPlain(0.3, 0.1 * 3, 0.1 * 3)).toMatchObject({ low: 30, high: 30 });
  });
});

describe('the weight of an answer', () => {
  it('compares with a newcomer and makes nothing of a tenth', () => {
    expect(weightOf(0.5, 0.25)).toEqual({ is: 'more', times: 2 });
    expect(weightOf(0.26, 0.25)).toEqual({ is: 'same' });
    expect(weightOf(0.1, 0.25)).toEqual({ is: 'less', share: 0.4 });
    expect(weightOf(0.1, 0)).toEqual({ is: 'same' });
  });
});

describe('weeks', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it('are filled up to the present one', () => {
    const filled = bars(
      [
        { monday: '2026-09-07', answers: 3 },
        { monday: '2026-11-16', answers: 5 },
      ],
      now,
    );
    expect(filled).toHaveLength(11);
    expect(filled[0]).toEqual({ monday: '2026-09-07', answers: 3 });
    expect(filled[1]).toEqual({ monday: '2026-09-14', answers: 0 });
    expect(filled.at(-1)).toEqual({ monday: '2026-11-16', answers: 5 });
    expect(csv(filled).split('\r\n').slice(0, 2)).toEqual(['week_from,answers', '2026-09-07,3']);
  });

  it('are at least eight, and none without an answer', () => {
    expect(bars([{ monday: '2026-11-16', answers: 1 }], now)).toHaveLength(8);
    expect(bars([{ monday: '2026-11-16', answers: 1 }], new Date('2026-11-22T23:59:59Z'))).toHaveLength(8);
    expect(bars([{ monday: '2026-11-16', answers: 1 }], new Date('2026-11-23T00:00:00Z'))).toHaveLength(8);
    expect(bars([], now)).toEqual([]);
  });

  it('have a round top', () => {
    expect([0, 1, 2, 3, 9, 10, 11, 20, 51, 230, 501].map(top)).toEqual([
      1, 1, 2, 5, 10, 10, 20, 20, 100, 500, 1000,
    ]);
  });
});

describe('the address of the history', () => {
  it('is read as it was written, and keeps the project', () => {
    const query = new URLSearchParams('project=arcs&show=lens&after=abc');
    expect(readWish(query)).toEqual({ show: 'lens', after: 'abc' });
    expect(addressOf(query, { show: 'candidate', after: null })).toBe('?project=arcs&show=candidate');
    expect(addressOf(query, { show: 'all', after: 'x y' })).toBe('?project=arcs&after=x+y');
    expect(addressOf(new URLSearchParams(), { show: 'all', after: null })).toBe('?');
    expect(readWish(new URLSearchParams('show=everything'))).toEqual({ show: 'all', after: null });
  });

  it('finds the way back', () => {
    const trail = new Trail();
    trail.step(null, 'a');
    trail.step('a', 'b');
    expect([trail.newer('b'), trail.newer('a'), trail.newer('from a link')]).toEqual(['a', null, null]);
    expect([trail.knows('a'), trail.knows('from a link')]).toEqual([true, false]);
  });
});
