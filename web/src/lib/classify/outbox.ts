// Answers on their way to the server. Each is written to the browser's storage under its own key
// before it is sent, and leaves only when the server has acknowledged or finally refused it. Ids are
// made here, so sending twice counts once; two open tabs cannot overwrite each other's entries.
import type { Answer } from '#lib/api/client';

export interface Vote {
  kind: 'vote';
  id: string;
  volunteer: string;
  assignmentId: string;
  /** The retraction that reopens the assignment and must be through before. */
  after?: string;
  answer: Answer;
  seconds: number;
  /** How the image was displayed. */
  view: Record<string, unknown>;
  /** Where the arc is said to be. */
  mark?: { x: number; y: number };
}

export interface Retraction {
  kind: 'retraction';
  id: string;
  volunteer: string;
  /** The vote taken back. */
  voteId: string;
  /** The assignment that the vote answered, which the server opens again. */
  assignmentId: string;
}

export type Entry = Vote | Retraction;
type Stored = Entry & { order: number; attempts: number };

/** What became of one attempt to send. */
export type Sent =
  | { kind: 'done'; body: unknown; reopened?: string }
  | { kind: 'later'; seconds?: number }
  | { kind: 'signed_out' }
  | { kind: 'refused'; code: string };

export type Settled = Extract<Sent, { kind: 'done' | 'refused' }>;

/** What `BroadcastChannel` offers. */
export interface Tabs {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

/** Told to the other tabs. */
interface Told {
  entry: Entry;
  how: Settled;
}

export interface OutboxOptions {
  volunteer: string;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
  send(entry: Entry): Promise<Sent>;
  /** Called once for each entry that leaves. */
  settled(entry: Entry, how: Settled): void;
  /** Called whenever the number of waiting entries or the state of sending has changed. */
  changed(): void;
  signedOut(): void;
  /** Other tabs of this browser: one may send what another made. */
  tabs?: Tabs;
  now?(): number;
  /** Calls back after milliseconds; returns what cancels it. */
  schedule?(run: () => void, ms: number): () => void;
}

const PREFIX = 'lensfinder.outbox.1.';
const SLOWEST_RETRY_S = 60;

export class Outbox {
  readonly #o: OutboxOptions;
  /** Entries that the storage refused (private mode, full): kept while the page is open. */
  readonly #memory = new Map<string, Stored>();
  readonly #reported = new Set<string>();
  #order = 0;
  #sending: Promise<void> | null = null;
  #inFlight: string | null = null;
  #failures = 0;
  #stopTimer = () => {};
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#o = options;
    if (options.tabs) options.tabs.onmessage = ({ data }) => this.#hear(data as Partial<Told> | null);
  }

  /** Another tab sent an entry: perhaps one of ours, whose solution is to be shown here. */
  #hear(told: Partial<Told> | null): void {
    if (this.#closed || !told?.entry || !told.how || told.entry.volunteer !== this.#o.volunteer) return;
    this.#memory.delete(told.entry.id);
    this.#report(told.entry, told.how);
    this.#o.changed();
  }

  /** Two tabs may have sent the same entry at once: what became of it is reported once. */
  #report(entry: Entry, how: Settled): void {
    if (this.#reported.has(entry.id)) return;
    this.#reported.add(entry.id);
    this.#o.settled(entry, how);
  }

  #tell(entry: Entry, how: Settled): void {
    this.#report(entry, how);
    try {
      this.#o.tabs?.postMessage({ entry, how } satisfies Told);
    } catch {
      // Then the others find out when they look into the storage.
    }
  }

  /** Stores the entry and starts sending. */
  add(entry: Entry): void {
    this.#order = Math.max(this.#order + 1, this.#now());
    this.#write({ ...entry, order: this.#order, attempts: 0 });
    this.#o.changed();
    void this.flush();
  }

  /** Takes back an entry that was never sent; false once an attempt was made, for it may have arrived. */
  withdraw(id: string): boolean {
    const entry = this.#all().find((e) => e.id === id);
    if (!entry || entry.attempts > 0 || this.#inFlight === id) return false;
    this.#remove(id);
    this.#o.changed();
    return true;
  }

  /** This volunteer's waiting entries in the order they were made. */
  pending(): Entry[] {
    return this.#all();
  }

  /** True while something waits because sending failed. */
  get isStuck(): boolean {
    return this.#failures > 0 && this.#all().length > 0;
  }

  /** Sends all that waits, in order; resolves when it is through or has to wait. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  /** Stops retrying; what waits stays in the storage for the next visit. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.#o.tabs?.close();
  }

  async #sendAll(): Promise<void> {
    this.#stopTimer();
    for (let entry = this.#next(); entry && !this.#closed; entry = this.#next()) {
      this.#inFlight = entry.id;
      this.#write({ ...entry, attempts: entry.attempts + 1 });
      const how = await this.#o.send(strip(entry));
      this.#inFlight = null;
      if (how.kind === 'signed_out') {
        this.#o.signedOut();
        return;
      }
      if (how.kind === 'later') {
        this.#failures += 1;
        const wait = how.seconds ?? Math.min(SLOWEST_RETRY_S, 2 ** (this.#failures - 1));
        this.#stopTimer = this.#schedule(() => void this.flush(), wait * 1000);
        this.#o.changed();
        return;
      }
      this.#failures = 0;
      this.#settle(entry, how);
    }
  }

  #settle(entry: Stored, how: Settled): void {
    this.#remove(entry.id);
    const followers = this.#all().filter(
      (e): e is Vote & Stored => e.kind === 'vote' && e.after === entry.id,
    );
    for (const follower of followers) {
      if (how.kind === 'done') {
        const { after: _, ...free } = follower;
        this.#write({ ...free, assignmentId: how.reopened ?? follower.assignmentId });
      } else {
        // The first answer stands, so the second has nowhere to go.
        this.#remove(follower.id);
        this.#tell(strip(follower), how);
      }
    }
    this.#tell(strip(entry), how);
    this.#o.changed();
  }

  #next(): Stored | undefined {
    return this.#all()[0];
  }

  #all(): Stored[] {
    const found = new Map(this.#memory);
    const { storage } = this.#o;
    try {
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i);
        if (!key?.startsWith(PREFIX)) continue;
        const entry = parse(storage.getItem(key));
        if (entry) found.set(entry.id, entry);
      }
    } catch {
      // A storage that cannot be read holds nothing of ours.
    }
    return [...found.values()]
      .filter((entry) => entry.volunteer === this.#o.volunteer)
      .sort((a, b) => a.order - b.order || a.id.localeCompare(b.id));
  }

  #write(entry: Stored): void {
    try {
      this.#o.storage.setItem(PREFIX + entry.id, JSON.stringify(entry));
      this.#memory.delete(entry.id);
    } catch {
      this.#memory.set(entry.id, entry);
    }
  }

  #remove(id: string): void {
    this.#memory.delete(id);
    try {
      this.#o.storage.removeItem(PREFIX + id);
    } catch {
      // It was in memory only.
    }
  }

  #now(): number {
    return (this.#o.now ?? Date.now)();
  }

  #schedule(run: () => void, ms: number): () => void {
    if (this.#o.schedule) return this.#o.schedule(run, ms);
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }
}

function strip({ order: _order, attempts: _attempts, ...entry }: Stored): Entry {
  return entry;
}

function parse(text: string | null): Stored | null {
  try {
    const entry = JSON.parse(text ?? '') as Partial<Stored>;
    const whole =
      typeof entry.id === 'string' && typeof entry.volunteer === 'string' && typeof entry.order === 'number';
    return whole && (entry.kind === 'vote' || entry.kind === 'retraction') ? (entry as Stored) : null;
  } catch {
    return null;
  }
}
