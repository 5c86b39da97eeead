// The words of this page come with it.
import { words } from '#lib/lead/words';

export const load = () => words.load();
