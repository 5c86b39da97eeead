// The words of this page come with it.
import { words } from '#lib/home/words';

export const load = () => words.load();
