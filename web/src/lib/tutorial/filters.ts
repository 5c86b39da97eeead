// The filters of the gallery: which kinds belong together.
import { kindOf } from '#lib/teach/kinds';

export const FILTERS = ['lens', 'arc', 'ring', 'images', 'group', 'look_alike', 'plain'] as const;
export type Filter = (typeof FILTERS)[number];

/** The filter a kind belongs to. */
export function filterOf(kind: string, truth: 'lens' | 'no_lens' = 'no_lens'): Filter {
  const known = kindOf(kind, truth);
  switch (known) {
    case 'small_arc':
      return 'arc';
    case 'arc':
    case 'ring':
    case 'images':
    case 'group':
    case 'lens':
      return known;
    case 'plain':
    case 'no_lens':
      return 'plain';
    default:
      return 'look_alike';
  }
}
