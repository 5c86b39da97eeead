// The words of this page come with it.
import { words } from '#lib/articles/words';

export const load = () => words.load();
