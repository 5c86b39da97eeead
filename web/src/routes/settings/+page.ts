// The words of this page.
import { words } from '#lib/account/words';
import type { PageLoad } from './$types';

export const load: PageLoad = () => words.load();
