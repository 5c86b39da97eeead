// Every pair of tokens that the app puts on one another keeps WCAG 2.2 AA in both themes.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, themeTokens } from './contrast';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

const TEXT: [string, string][] = [
  ...['page', 'surface', 'sunken'].flatMap((ground): [string, string][] =>
    ['ink', 'ink-soft', 'action', 'lens', 'danger'].map((ink): [string, string] => [ink, ground]),
  ),
  ['on-action', 'action'],
  ['on-action', 'action-hover'],
  ['on-lens', 'lens-fill'],
  ['ink', 'action-soft'],
  ['action', 'action-soft'],
  ['ink-soft', 'action-soft'],
  ['ink', 'lens-soft'],
  ['lens', 'lens-soft'],
  ['ink', 'danger-soft'],
  ['danger', 'danger-soft'],
  ['ink-soft', 'line'],
];
const SHAPES: [string, string][] = ['page', 'surface', 'sunken'].flatMap((ground): [string, string][] => [
  ['line-strong', ground],
  ['focus', ground],
]);

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  const tokens = themeTokens(css, theme);

  it.each(TEXT)('keeps text %s readable on %s', (ink, ground) => {
    expect(contrast(tokens[ink]!, tokens[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)('keeps the shape %s visible on %s', (shape, ground) => {
    expect(contrast(tokens[shape]!, tokens[ground]!)).toBeGreaterThanOrEqual(3);
  });
});

it('both themes define the same colours', () => {
  expect(Object.keys(themeTokens(css, 'dark'))).toEqual(Object.keys(themeTokens(css, 'light')));
});

it('black on white is 21 to 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
});
