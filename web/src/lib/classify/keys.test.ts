// Keys do what the key sheet says, once per press.
import { expect, it } from 'vitest';
import { actionOf } from './keys';

const press = (key: string, more = {}) => ({
  key,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

it.each([
  ['1', { do: 'answer', answer: 'no_lens' }],
  ['2', { do: 'answer', answer: 'unsure' }],
  ['3', { do: 'answer', answer: 'lens' }],
  ['z', { do: 'undo' }],
  ['Z', { do: 'undo' }],
  ['+', { do: 'in' }],
  ['=', { do: 'in' }],
  ['-', { do: 'out' }],
  ['0', { do: 'all' }],
  ['ArrowLeft', { do: 'look', direction: 'left' }],
  ['q', { do: 'preset', preset: 'standard' }],
  ['R', { do: 'preset', preset: 'blue' }],
  ['?', { do: 'sheet' }],
  ['？', { do: 'sheet' }],
])('%s', (key, action) => {
  expect(actionOf(press(key))).toEqual(action);
});

it.each(['4', 'a', '', ' ', 'Enter', 'Tab', 'Process'])('%j means nothing', (key) => {
  expect(actionOf(press(key))).toBeNull();
});

it('a held key moves and zooms, but never answers or takes back twice', () => {
  expect(actionOf(press('ArrowUp', { repeat: true }))).not.toBeNull();
  expect(actionOf(press('+', { repeat: true }))).not.toBeNull();
  expect(actionOf(press('3', { repeat: true }))).toBeNull();
  expect(actionOf(press('z', { repeat: true }))).toBeNull();
});

it("leaves the browser's own combinations alone", () => {
  expect(actionOf(press('0', { ctrlKey: true }))).toBeNull();
  expect(actionOf(press('z', { metaKey: true }))).toBeNull();
  expect(actionOf(press('ArrowLeft', { altKey: true }))).toBeNull();
});
