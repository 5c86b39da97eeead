// Signing in leads back, and only within this site.
import { expect, it } from 'vitest';
import { nextPath, withNext } from './next';

const from = (next: string) =>
  nextPath(new URL(`https://lens.example/sign-in?next=${encodeURIComponent(next)}`));

it('leads back to the page that asked', () => {
  expect(from('/status?project=sky')).toBe('/status?project=sky');
  expect(nextPath(new URL(`https://lens.example${withNext('/sign-in', '/about')}`))).toBe('/about');
});

it('leads to the images where no page asked', () => {
  expect(nextPath(new URL('https://lens.example/sign-in'))).toBe('/classify');
});

it.each([
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
])('never leads to %s', (wish) => {
  expect(from(wish)).toBe('/classify');
});
