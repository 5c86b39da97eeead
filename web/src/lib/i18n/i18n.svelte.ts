// The language of the page: which, its words, and numbers written its way. Catalogues are loaded
// when needed and switched without a reload.
import type { Messages } from './en';

export const LOCALES = ['en', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];

const KEY = 'lensfinder.language';
/** For `html lang` and number formats. */
const TAGS: Record<Locale, string> = { en: 'en', zh: 'zh-Hans' };
const LOADERS: Record<Locale, () => Promise<Messages>> = {
  en: async () => (await import('./en')).en,
  zh: async () => (await import('./zh')).zh,
};

/** The first language that we speak, English if none. */
export function pickLocale(wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const found = LOCALES.find((locale) => wish?.toLowerCase().split(/[-_]/)[0] === locale);
    if (found) return found;
  }
  return 'en';
}

class I18n {
  locale: Locale = $state('en');
  #messages: Messages | undefined = $state.raw();
  #followers: ((locale: Locale) => Promise<void>)[] = [];
  #numbers = $derived(new Intl.NumberFormat(TAGS[this.locale]));

  /** The words. Only after `start`, which the root layout awaits. */
  get t(): Messages {
    if (!this.#messages) throw new Error('the language is not loaded yet');
    return this.#messages;
  }

  get tag(): string {
    return TAGS[this.locale];
  }

  /** `?lang=` for links, then what was chosen before, then what the browser asks for. */
  async start(url: URL): Promise<void> {
    if (this.#messages) return;
    await this.use(pickLocale([url.searchParams.get('lang'), read(), ...navigator.languages]));
  }

  async choose(locale: Locale): Promise<void> {
    await this.use(locale);
    try {
      localStorage.setItem(KEY, locale);
    } catch {
      // The choice then lasts as long as the page.
    }
  }

  async use(locale: Locale): Promise<void> {
    const [messages] = await Promise.all([LOADERS[locale](), ...this.#followers.map((use) => use(locale))]);
    this.#messages = messages;
    this.locale = locale;
    document.documentElement.lang = TAGS[locale];
  }

  /** Words that are loaded by parts of the app (`area`) change with the language too. */
  follow(use: (locale: Locale) => Promise<void>): void {
    this.#followers.push(use);
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const i18n = new I18n();
