// The words of the explanation, in the language of the app.
import { area } from '#lib/i18n/area.svelte';

export const words = area({
  en: async () => (await import('./en')).en,
  zh: async () => (await import('./zh')).zh,
});
