// The words of the tutorial.
import { words } from '#lib/tutorial/words/index';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = () => words.load();
