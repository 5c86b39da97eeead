import { expect, it } from 'vitest';
import { check, NO_HINTS, numberOf, queryOf } from './hints';
import { read } from './upload';

it('asks for all fields of a group or none', () => {
  expect(check(NO_HINTS)).toEqual({});
  expect(check({ ...NO_HINTS, ra: '10' })).toEqual({ dec: 'together', radius: 'together' });
  expect(check({ ...NO_HINTS, low: '1' })).toEqual({ high: 'together' });
});

it('names what is wrong with a number', () => {
  expect(check({ ...NO_HINTS, ra: '400', dec: '−91', radius: 'x' })).toEqual({
    ra: 'raRange',
    dec: 'decRange',
    radius: 'number',
  });
  expect(check({ ...NO_HINTS, low: '2', high: '1' })).toEqual({ high: 'scaleRange' });
});

it('reads numbers as people type them', () => {
  expect(numberOf(' −1,5 ')).toBe(-1.5);
  expect(numberOf('')).toBeNaN();
  expect(queryOf({ ra: '1', dec: '2', radius: '3', low: '', high: '' })).toEqual({
    ra: 1,
    dec: 2,
    radius: 3,
  });
  expect(queryOf({ ...NO_HINTS, low: '0,2', high: '1' })).toEqual({ scale_low: 0.2, scale_high: 1 });
});

it('understands what the server says of an upload, and what is none of its words', () => {
  const answer = (status: number, responseText: string, wait: string | null = null) =>
    read({ status, responseText, getResponseHeader: () => wait });
  expect(answer(202, '{"id":"abc"}')).toEqual({ id: 'abc' });
  expect(answer(503, '{"code":"busy"}', '30')).toEqual({
    problem: { code: 'busy', status: 503, retryAfter: 30 },
  });
  expect(answer(413, '<html>')).toEqual({ problem: { code: 'unknown', status: 413 } });
  expect(answer(200, 'null')).toEqual({ problem: { code: 'unknown', status: 200 } });
});
