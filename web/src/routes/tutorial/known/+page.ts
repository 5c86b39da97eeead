// The explanations of the kinds are those of the quiz.
import { words } from '#lib/teach/words/index';
import type { PageLoad } from './$types';

export const load: PageLoad = () => words.load();
