// What the desk needs before it shows: where its answers go, and its words.
import { words } from '#lib/classify/words';
import { session } from '#lib/session/session.svelte';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
  await Promise.all([session.needOutbox(), words.load()]);
};
