// The words of this page.
import { words } from '#lib/me/words';
import type { PageLoad } from './$types';

export const load: PageLoad = () => words.load();
