// The thin client: addresses are filled and escaped, bodies go out and come back as JSON, and whatever
// stands between us and the server is survived.
import { afterEach, expect, it, vi } from 'vitest';
import { addressOf, api } from './fetcher';

const answer = (body: string | null, status = 200) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body, { status })),
  );
const sent = () => vi.mocked(fetch).mock.calls[0] as [string, RequestInit];
afterEach(() => vi.unstubAllGlobals());

it('fills and escapes the path', () => {
  expect(addressOf('/a/{one}/b/{two}', { path: { one: 'x/y', two: 3 } })).toBe('/a/x%2Fy/b/3');
});

it('leaves out what is not given and repeats what is a list', () => {
  const query = { after: undefined, limit: 20, kind: ['a', 'b'], none: null, text: 'a b&c' };
  expect(addressOf('/a', { query })).toBe('/a?limit=20&kind=a&kind=b&text=a+b%26c');
});

it('sends JSON and reads JSON', async () => {
  answer('{"id":"7"}', 201);
  const { data } = await api.POST('/api/v1/session', { body: { email: 'a@b.c', password: 'x' } });
  expect(data).toEqual({ id: '7' });
  const [address, init] = sent();
  expect(address).toBe('/api/v1/session');
  expect(init.method).toBe('POST');
  expect(init.body).toBe('{"email":"a@b.c","password":"x"}');
  expect(new Headers(init.headers).get('Content-Type')).toBe('application/json');
  expect(init.keepalive).toBe(true);
});

it('an answer without a body is no error', async () => {
  answer(null, 204);
  const { data, error } = await api.DELETE('/api/v1/session');
  expect([data, error]).toEqual([undefined, undefined]);
});

it('keeps the problem, and also what is none', async () => {
  answer('{"code":"not_signed_in"}', 401);
  expect((await api.GET('/api/v1/me')).error).toEqual({ code: 'not_signed_in' });
  answer('<html>', 502);
  expect((await api.GET('/api/v1/me')).error).toBe('<html>');
});

it('a large body is not sent as keepalive, which browsers would refuse', async () => {
  answer('{}');
  await api.POST('/api/v1/session', { body: { email: 'a', password: 'x'.repeat(70_000) } });
  expect(sent()[1].keepalive).toBe(false);
});
