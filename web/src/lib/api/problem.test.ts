// Errors of every kind become a code to decide on.
import { expect, it } from 'vitest';
import { isPassing, outcome, problemFrom } from './problem';

const answer = (status: number, headers: HeadersInit = {}) => new Response(null, { status, headers });

it('keeps the code and the field of a problem', () => {
  expect(problemFrom({ code: 'invalid_field', field: 'email' }, answer(422))).toEqual({
    code: 'invalid_field',
    field: 'email',
    status: 422,
  });
});

it('keeps the time to wait', () => {
  expect(problemFrom({ code: 'too_many_requests' }, answer(429, { 'Retry-After': '7' })).retryAfter).toBe(7);
});

it('an answer that is no problem document is unknown, not a crash', () => {
  expect(problemFrom('<html>', answer(502)).code).toBe('unknown');
  expect(problemFrom(undefined, answer(500)).code).toBe('unknown');
});

it('no answer at all is a network problem and worth trying again', async () => {
  const { problem } = await outcome(Promise.reject(new TypeError('fetch failed')));
  expect(problem?.code).toBe('network');
  expect(isPassing(problem!)).toBe(true);
});

it.each([429, 500, 502, 503])('%i passes', (status) => {
  expect(isPassing(problemFrom({}, answer(status)))).toBe(true);
});

it.each([400, 401, 403, 404, 409, 410, 422])('%i does not pass by itself', (status) => {
  expect(isPassing(problemFrom({}, answer(status)))).toBe(false);
});
