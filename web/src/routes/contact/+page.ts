// The words of this page come with it.
import { words } from '#lib/contact/words';

export const load = () => words.load();
