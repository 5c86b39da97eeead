// The words of this page come with it.
import { words } from '#lib/about/words';

export const load = () => words.load();
