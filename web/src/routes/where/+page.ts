// The words of this page come with it.
import { words } from '#lib/where/words';

export const load = () => words.load();
