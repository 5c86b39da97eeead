// The language of the page: which, its words, and numbers written its way. Catalogues are loaded
// when needed and switched without a reload.
import type { ProblemCode } from '#lib/api/codes';
import type { Messages as Core } from './en';

/** The words of every page, and those for everything that may go wrong. */
export type Messages = Omit<Core, 'problems'> & {
  problems: Record<ProblemCode | 'network' | 'unknown', string>;
};

export const LOCALES = ['en', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];

const KEY = 'lensfinder.language';
/** For `html lang` and number formats. */
const TAGS: Record<Locale, string> = { en: 'en', zh: 'zh-Hans' };
/** For dates: day before month in English. */
const DATE_TAGS: Record<Locale, string> = { en: 'en-GB', zh: 'zh-Hans' };
const LOADERS: Record<Locale, () => Promise<Core>> = {
  en: async () => (await import('./en')).en,
  zh: async () => (await import('./zh')).zh,
};

const PROBLEMS: Record<Locale, () => Promise<Record<ProblemCode, string>>> = {
  en: async () => (await import('./problems/en')).problems,
  zh: async () => (await import('./problems/zh')).problems,
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
  #started: Promise<void> | undefined;
  #followers: ((locale: Locale) => Promise<void>)[] = [];
  #numbers = $derived(new Intl.NumberFormat(TAGS[this.locale]));

  /** Hears what the person chose. */
  onchoose: ((locale: Locale) => void) | undefined;

  /** The words. Only after `start`, which the root layout awaits. */
  get t(): Messages {
    if (!this.#messages) throw new Error('the language is not loaded yet');
    return this.#messages;
  }

  get tag(): string {
    return TAGS[this.locale];
  }

  /** `?lang=` for links, then what was chosen before, then what the browser asks for. Which language
      is known at once, so that parts of the app fetch their words while these are still on the way. */
  start(url: URL): Promise<void> {
    this.#started ??= this.#begin(url).catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async #begin(url: URL): Promise<void> {
    this.locale = pickLocale([url.searchParams.get('lang'), read(), ...navigator.languages]);
    await this.use(this.locale);
  }

  async choose(locale: Locale): Promise<void> {
    await this.use(locale);
    try {
      localStorage.setItem(KEY, locale);
    } catch {
      // The choice then lasts as long as the page.
    }
    this.onchoose?.(locale);
  }

  async use(locale: Locale): Promise<void> {
    const [messages] = await Promise.all([LOADERS[locale](), ...this.#followers.map((use) => use(locale))]);
    this.#messages = { ...messages, problems: this.#patient(messages.problems, locale) };
    this.locale = locale;
    document.documentElement.lang = TAGS[locale];
  }

  /** The words for the server's codes come when the first is asked for: nothing stands there until then,
      and `meanwhile` if they do not come. Whoever has no connection needs none of them. */
  #patient(known: Core['problems'], locale: Locale, meanwhile = ''): Messages['problems'] {
    let isAsked = false;
    const settle = (problems: Messages['problems']) => {
      if (this.#messages && this.locale === locale) this.#messages = { ...this.#messages, problems };
    };
    const ask = () =>
      PROBLEMS[locale]().then(
        (problems) => settle({ ...known, ...problems }),
        () => settle(this.#patient(known, locale, known.unknown)),
      );
    return new Proxy(known as Messages['problems'], {
      get(words, code: keyof Messages['problems']) {
        if (code in words) return words[code];
        if (!isAsked) void ask();
        isAsked = true;
        return meanwhile;
      },
    });
  }

  /** Words that are loaded by parts of the app (`area`) change with the language too. */
  follow(use: (locale: Locale) => Promise<void>): void {
    this.#followers.push(use);
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** A share from 0 to 1. */
  percent(share: number, digits = 0): string {
    return new Intl.NumberFormat(this.tag, { style: 'percent', maximumFractionDigits: digits }).format(share);
  }

  decimal(value: number, digits: number): string {
    return new Intl.NumberFormat(this.tag, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  }

  /** "21 November 2026", from what the server sends or a date. */
  date(when: string | Date): string {
    return new Intl.DateTimeFormat(DATE_TAGS[this.locale], { dateStyle: 'long' }).format(new Date(when));
  }

  /** "21 Nov 2026, 14:05", in the time of the reader. */
  dateTime(when: string | Date): string {
    return new Intl.DateTimeFormat(DATE_TAGS[this.locale], {
      dateStyle: 'medium',
      timeStyle: 'short',
    }).format(new Date(when));
  }

  /** What went wrong, in words. */
  problem({ code, retryAfter }: { code: keyof Messages['problems']; retryAfter?: number }): string {
    const { problems, waitSeconds } = this.t;
    const words = problems[code] ?? problems.unknown;
    return retryAfter === undefined ? words : `${words} ${waitSeconds(Math.ceil(retryAfter))}`;
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
