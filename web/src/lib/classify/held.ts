// The images that this tab holds, so that a reload goes on with them: the server hands nobody the
// same image twice while a lease runs. Kept per tab, because two tabs hold different images.
import type { Assignment } from '#lib/api/client';

export interface Held {
  assignment: Assignment;
  /** End of the lease by this computer's date, milliseconds since 1970. */
  ends: number;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Less than this is not worth starting to look. */
const WORTH_MS = 20_000;

export class HeldImages {
  readonly #key: string;
  readonly #store: Store | null;

  constructor(store: Store | null, volunteer: string, project: string) {
    this.#store = store;
    this.#key = `lensfinder.held.2.${volunteer}.${project}`;
  }

  /** What is still worth showing, in order. */
  load(now: number): Held[] {
    try {
      const held = JSON.parse(this.#store?.getItem(this.#key) ?? '[]') as Held[];
      return held.filter((one) => one.ends - now > WORTH_MS && typeof one.assignment.image.url === 'string');
    } catch {
      return [];
    }
  }

  save(held: Held[]): void {
    try {
      if (held.length === 0) this.#store?.removeItem(this.#key);
      else this.#store?.setItem(this.#key, JSON.stringify(held));
    } catch {
      // A reload then asks for other images.
    }
  }
}
