// The words of this page come with it.
import { words } from '#lib/lead/words';
import { words as where } from '#lib/where/words';

export const load = () => Promise.all([words.load(), where.load()]).then(() => undefined);
