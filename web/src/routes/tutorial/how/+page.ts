// The explanation of the practice image has words of its own.
import { words } from '#lib/teach/words/index';
import type { PageLoad } from './$types';

export const load: PageLoad = () => words.load();
