// What of the history is shown, in the address: `?show=lens&after=…`. The cursor of the page before is
// remembered while one walks; from a link into the middle the way back is the newest page.

export const SHOWS = ['all', 'lens', 'unsure', 'no_lens', 'training', 'candidate'] as const;
export type Show = (typeof SHOWS)[number];

export interface Wish {
  show: Show;
  after: string | null;
}

/** What an address asks for; anything unknown is the whole history from the newest on. */
export function readWish(query: URLSearchParams): Wish {
  const show = SHOWS.find((one) => one === query.get('show')) ?? 'all';
  return { show, after: query.get('after') };
}

/** The address of a page, keeping what else is in it (the project). */
export function addressOf(query: URLSearchParams, { show, after }: Wish): string {
  const next = new URLSearchParams(query);
  next.delete('show');
  next.delete('after');
  if (show !== 'all') next.set('show', show);
  if (after !== null) next.set('after', after);
  const text = next.toString();
  return text ? `?${text}` : '?';
}

/** Where each page was reached from. */
export class Trail {
  #before = new Map<string, string | null>();

  /** A step from one page to an older one. */
  step(from: string | null, to: string): void {
    this.#before.set(to, from);
  }

  /** The cursor of the newer page; null is the newest, which is also the answer when nothing is known. */
  newer(than: string): string | null {
    return this.#before.get(than) ?? null;
  }

  knows(after: string): boolean {
    return this.#before.has(after);
  }
}
