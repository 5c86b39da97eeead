// What a browser stored is not believed blindly.
import { expect, it } from 'vitest';
import { parseGuest } from './guest';

const USUAL = { shortcuts: true, data_saver: false, keep_view: false };

it('keeps what a guest chose', () => {
  expect(parseGuest('{"shortcuts":false,"data_saver":true}')).toEqual({
    ...USUAL,
    shortcuts: false,
    data_saver: true,
  });
});

it.each([null, '', 'nonsense', '7', 'null', '[]', '{"shortcuts":"no","admin":true}'])(
  'survives %s',
  (stored) => {
    expect(parseGuest(stored)).toEqual(USUAL);
  },
);
