// Runs before anything else of the app: the language is fetched while the page's own code still is.
import { i18n } from '#lib/i18n/i18n.svelte';

void i18n.start(new URL(location.href)).catch(() => {
  // The root layout asks again and shows what went wrong.
});
