// A list that the server hands out in pages: `{ items, next }`, where `next` is the cursor of the page
// after this one. Remembers the way, so that one can go back; only the newest request counts.
import type { Problem } from '#lib/api/problem';

export interface Slice<Item> {
  items: Item[];
  next?: string | null;
}

/** As `outcome` gives it. */
type Got<Item> = { data?: Slice<Item> | undefined; problem?: Problem | undefined };

export class Pages<Item> {
  items: Item[] = $state.raw([]);
  problem: Problem | null = $state.raw(null);
  isLoading = $state(false);
  /** False until the first page was there. */
  isKnown = $state(false);
  /** From 1. */
  number = $state(1);

  readonly #fetch: (after: string | undefined) => Promise<Got<Item>>;
  /** The cursor of each page up to the present one; the first has none. */
  #cursors: (string | undefined)[] = [undefined];
  #next: string | null = $state(null);
  #latest = 0;

  constructor(fetch: (after: string | undefined) => Promise<Got<Item>>) {
    this.#fetch = fetch;
  }

  get hasNext(): boolean {
    return this.#next !== null;
  }

  get hasPrevious(): boolean {
    return this.number > 1;
  }

  /** Nothing in it, and that is certain. */
  get isEmpty(): boolean {
    return this.isKnown && this.items.length === 0;
  }

  /** The first page; also after a filter has changed. */
  async start(): Promise<void> {
    await this.#go([undefined]);
  }

  async reload(): Promise<void> {
    await this.#go(this.#cursors);
  }

  async next(): Promise<void> {
    if (this.#next !== null) await this.#go([...this.#cursors, this.#next]);
  }

  async previous(): Promise<void> {
    if (this.hasPrevious) await this.#go(this.#cursors.slice(0, -1));
  }

  /** Appends the next page to what is shown. */
  async more(): Promise<void> {
    const before = this.items;
    if (this.#next === null) return;
    if (await this.#go([...this.#cursors, this.#next])) this.items = [...before, ...this.items];
  }

  async #go(cursors: (string | undefined)[]): Promise<boolean> {
    const mine = ++this.#latest;
    this.isLoading = true;
    const { data, problem } = await this.#fetch(cursors.at(-1));
    if (mine !== this.#latest) return false;
    this.isLoading = false;
    this.problem = problem ?? null;
    if (!data) return false;
    this.#cursors = cursors;
    this.#next = data.next ?? null;
    this.items = data.items;
    this.number = cursors.length;
    this.isKnown = true;
    return true;
  }
}
