// The words of the viewer and its controls. They come with the viewer, in both languages: whatever
// page shows a picture has them without loading anything.
import { i18n } from '#lib/i18n/i18n.svelte';
import { en } from './en';
import { zh } from './zh';

const catalogues = { en, zh };

export const words = {
  get t(): typeof en {
    return catalogues[i18n.locale];
  },
};
