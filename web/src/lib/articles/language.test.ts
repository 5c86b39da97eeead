// A reader sees their own language, or the one there is.
import { expect, it } from 'vitest';
import { shownIn } from './language';

it('shows the language of the reader where it is there', () => {
  expect(shownIn({ en: 'First light', zh: '初光' }, 'zh')).toBe('zh');
  expect(shownIn({ en: 'First light', zh: '初光' }, 'en')).toBe('en');
});

it('falls back to the other one', () => {
  expect(shownIn({ en: 'First light', zh: '' }, 'zh')).toBe('en');
  expect(shownIn({ en: '', zh: '初光' }, 'en')).toBe('zh');
});
