// Articles are written in two languages, and sometimes only in one: then that one is shown, and said.
import type { Locale } from '#lib/i18n/i18n.svelte';

/** The language in which an article is shown to a reader of `locale`. */
export function shownIn(title: Record<Locale, string>, locale: Locale): Locale {
  if (title[locale] !== '') return locale;
  return locale === 'en' ? 'zh' : 'en';
}

/** For the `lang` attribute. */
export const TAG: Record<Locale, string> = { en: 'en', zh: 'zh-Hans' };
