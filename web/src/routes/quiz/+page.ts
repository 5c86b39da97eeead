// The words of this page.
import { words } from '#lib/teach/words/index';
import type { PageLoad } from './$types';

export const load: PageLoad = () => words.load();
