// The whole app runs in the browser: nothing is rendered on a server. Before the first page shows,
// the language is loaded; who is signed in is asked at the same time and not waited for.
import { i18n } from '#lib/i18n/i18n.svelte';
import { session } from '#lib/session/session.svelte';
import type { LayoutLoad } from './$types';

export const ssr = false;
export const prerender = false;

export const load: LayoutLoad = async ({ url }) => {
  void session.load();
  await i18n.start(url);
};
