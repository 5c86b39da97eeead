// The kinds of teaching images, as the server names them.

export const LENS_KINDS = ['arc', 'small_arc', 'ring', 'images', 'group', 'lens'] as const;
export const LOOK_ALIKE_KINDS = [
  'spiral',
  'ring_galaxy',
  'edge_on',
  'merger',
  'star',
  'trail',
  'look_alike',
] as const;
export const PLAIN_KINDS = ['plain', 'no_lens'] as const;

export type Kind =
  (typeof LENS_KINDS)[number] | (typeof LOOK_ALIKE_KINDS)[number] | (typeof PLAIN_KINDS)[number];

const ALL: readonly string[] = [...LENS_KINDS, ...LOOK_ALIKE_KINDS, ...PLAIN_KINDS];

/** Whether it is a lens, something that looks like one, or neither. */
export const groupOf = (kind: Kind): 'lens' | 'look_alike' | 'plain' => {
  const among = (kinds: readonly string[]) => kinds.includes(kind);
  return among(LENS_KINDS) ? 'lens' : among(PLAIN_KINDS) ? 'plain' : 'look_alike';
};

/** The kind, or the general one of its truth where a newer server knows more kinds. */
export const kindOf = (kind: string, truth: 'lens' | 'no_lens'): Kind =>
  ALL.includes(kind) ? (kind as Kind) : truth === 'lens' ? 'lens' : 'look_alike';
