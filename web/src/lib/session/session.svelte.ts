// Who is signed in, and what belongs to that person on this device: the outbox. The cookie is the
// server's; this page only knows whose it is.
import { api, type Me } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';
import type { openOutbox } from '#lib/classify/mailroom';
import type { Entry, Outbox, Settled } from '#lib/classify/outbox';

type Listener = (entry: Entry, how: Settled) => void;

class Session {
  /** Undefined until the server was asked, null when nobody is signed in. */
  me: Me | null | undefined = $state.raw();
  /** Answers that are not yet acknowledged. */
  unsent = $state(0);
  /** Sending failed and is tried again later. */
  isStuck = $state(false);
  /** Set when a session ended while it was needed; the sign-in page says so. */
  wasLost = $state(false);

  #outbox: Outbox | null = null;
  /** Undefined until a page needs it or something waits to be sent. */
  #openOutbox: typeof openOutbox | undefined;
  #listeners = new Set<Listener>();

  /** Asks the server once who is signed in; without an answer nobody is. */
  async load(): Promise<void> {
    if (this.me !== undefined) return;
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const { data } = await outcome(api.GET('/api/v1/me'));
    this.#become(data ?? null);
  }

  async signIn(email: string, password: string): Promise<Problem | null> {
    return this.#enter(await outcome(api.POST('/api/v1/session', { body: { email, password } })));
  }

  async signUp(
    email: string,
    display_name: string,
    password: string,
    language: 'en' | 'zh',
  ): Promise<Problem | null> {
    const body = { email, display_name, password, language };
    return this.#enter(await outcome(api.POST('/api/v1/accounts', { body })));
  }

  async signOut(): Promise<Problem | null> {
    const { problem } = await outcome(api.DELETE('/api/v1/session'));
    if (problem && problem.code !== 'not_signed_in') return problem;
    this.#become(null);
    return null;
  }

  /** The server no longer knows the session. Unsent answers stay in the storage. */
  lost(): void {
    if (!this.me) return;
    this.wasLost = true;
    this.#become(null);
  }

  /** Makes the outbox available; a page that sends answers awaits this before it shows. */
  async needOutbox(): Promise<void> {
    ({ openOutbox: this.#openOutbox } = await import('#lib/classify/mailroom'));
    this.#open();
  }

  /** The signed-in person's outbox. Only after `needOutbox`. */
  get outbox(): Outbox {
    if (!this.#outbox) throw new Error('nobody is signed in');
    return this.#outbox;
  }

  /** Hears what became of each entry; returns what stops it. */
  onSettled(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #enter(result: { data?: Me; problem?: Problem }): Promise<Problem | null> {
    if (result.problem) return result.problem;
    this.wasLost = false;
    this.#become(result.data ?? null);
    await this.#bringPass();
    return null;
  }

  /** A quiz passed as a guest counts for the account from now on. */
  async #bringPass(): Promise<void> {
    if (!hasKept('lensfinder.quiz')) return;
    const { claimPass } = await import('#lib/teach/carry');
    if (await claimPass()) await this.refresh();
  }

  #become(me: Me | null): void {
    this.#outbox?.close();
    this.#outbox = null;
    this.me = me;
    if (this.#openOutbox) this.#open();
    else if (me && hasUnsent()) void this.needOutbox();
  }

  #open(): void {
    if (!this.me || this.#outbox || !this.#openOutbox) return;
    this.#outbox = this.#openOutbox({
      volunteer: this.me.id,
      settled: (entry, how) => {
        if (how.kind === 'done') this.#countVote(entry.kind === 'vote' ? 1 : -1);
        for (const listener of this.#listeners) listener(entry, how);
      },
      changed: () => this.#count(),
      signedOut: () => this.lost(),
    });
    this.#count();
    void this.#outbox.flush();
  }

  /** Keeps the person's numbers right until the server is asked again. */
  #countVote(change: 1 | -1): void {
    if (!this.me) return;
    const { votes_total, votes_today } = this.me;
    this.me = { ...this.me, votes_total: votes_total + change, votes_today: votes_today + change };
  }

  #count(): void {
    this.unsent = this.#outbox?.pending().length ?? this.unsent;
    this.isStuck = this.#outbox?.isStuck ?? false;
  }

  /** The connection is back: no need to wait for the next try. */
  online(): void {
    void this.#outbox?.flush();
  }
}

/** Whether answers of anybody wait in this browser; the outbox knows whose. */
const hasUnsent = () => hasKept('lensfinder.outbox.');

function hasKept(start: string): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(start));
  } catch {
    return false;
  }
}

export const session = new Session();
