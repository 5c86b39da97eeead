// The words of this page come with it; the editor also names grades.
import { words as articles } from '#lib/articles/words';
import { words } from '#lib/lead/words';

export const load = async () => {
  await Promise.all([words.load(), articles.load()]);
};
