// The words of this page: its own, those of training images, those of the viewer.
import { words as kinds } from '#lib/classify/words';
import { words } from '#lib/me/words';
import { words as viewer } from '#lib/teach/words/index';
import type { PageLoad } from './$types';

export const load: PageLoad = () => Promise.all([words.load(), kinds.load(), viewer.load()]).then(() => {});
