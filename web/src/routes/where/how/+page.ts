// The words of this page come with it.
import { words } from '#lib/where/how/words';

export const load = () => words.load();
