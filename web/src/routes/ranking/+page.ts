// The words of this page come with it.
import { words } from '#lib/ranking/words';

export const load = () => words.load();
