// The words of one part of the app, loaded only by the pages that need them and switched together
// with the language of everything else.
import { i18n, type Locale } from './i18n.svelte';

export interface Area<Words> {
  /** The words. Only after `load`, which the `load` of the page's `+page.ts` awaits. */
  readonly t: Words;
  load(): Promise<void>;
}

/** `zh` must have the shape of `en`, so that a missing key is a compile error. */
export function area<Words>(loaders: Record<Locale, () => Promise<Words>>): Area<Words> {
  let words: Words | undefined = $state.raw();
  let isFollowing = false;

  async function use(locale: Locale): Promise<void> {
    const loaded = await loaders[locale]();
    words = loaded;
  }

  return {
    get t() {
      if (words === undefined) throw new Error('the words of this page are not loaded yet');
      return words;
    },
    async load() {
      if (!isFollowing) i18n.follow(use);
      isFollowing = true;
      if (words === undefined) await use(i18n.locale);
    },
  };
}
