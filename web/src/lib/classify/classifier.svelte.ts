// The course of classifying: which image is shown, which wait, what was answered, what comes back.
// Knows no page and no network: those are ports, so that every path can be tested.
import type { Answer, Assignment, Feedback } from '#lib/api/client';
import { isPassing, type Problem } from '#lib/api/problem';
import type { Mark } from '#lib/cutout/mark';
import type { Decoded } from '#lib/cutout/renderer';
import { Superseded } from '#lib/cutout/decode';
import { isEnding, isOver, type Lease, wantsRenewal } from './lease';
import type { Entry, Outbox, Settled } from './outbox';

/** Images ready behind the one shown. */
const QUEUE = 3;
/** As many as the server hands out at once. */
const MOST = 5;
/** Without a sign of life for this long, leases are no longer renewed by themselves. */
const IDLE_MS = 10 * 60_000;
/** An image that does not come is tried again after this long, and so often. */
const TRY_AGAIN_MS = 8000;
const TRIES = 6;
/** A page left open overnight did not look for that long. */
const LONGEST_S = 3600;

export interface Item {
  key: string;
  assignment: Assignment;
  image: Decoded;
  lease: Lease;
  /** Set while the server has not yet confirmed that this image was taken back. */
  after?: string;
}

export interface Judged {
  item: Item;
  answer: Answer;
  mark: Mark | null;
  voteId: string;
}

export interface Ports {
  volunteer: string;
  outbox: Pick<Outbox, 'add' | 'withdraw' | 'pending'>;
  assignments(
    count: number,
  ): Promise<{ assignments: (Assignment & { lease: Lease })[]; nothingLeft: boolean } | { problem: Problem }>;
  /** Images that this tab held before a reload. */
  held(): (Assignment & { lease: Lease })[];
  /** Called whenever other images are held. */
  hold(items: Item[]): void;
  renew(assignmentId: string, lengthMs: number): Promise<Lease | { problem: Problem }>;
  decode(key: string, image: Assignment['image']): Promise<Decoded>;
  /** Gives up what is being loaded; `decode` then throws `Superseded`. */
  reload(): void;
  signedOut(): void;
  /** Local clock in milliseconds that never jumps. */
  now(): number;
  newId(): string;
}

/** An image that is ours but did not come. */
interface Missing {
  assignment: Assignment & { lease: Lease };
  tries: number;
  again: number;
}

/** What the strip above the answers has to say. */
export type Notice = 'lease_over' | 'image_failed' | 'undo_refused' | { refused: string };

export class Classifier {
  current: Item | null = $state.raw(null);
  waiting: Item[] = $state.raw([]);
  /** Truths to be shown, oldest first; while there is one, no answer is taken. */
  truths: (Judged & { feedback: Feedback })[] = $state.raw([]);
  nothingLeft = $state(false);
  /** Images of ours that could not be loaded and will be tried again. */
  missing: Missing[] = $state.raw([]);
  /** Why there are no further images, if asking failed. */
  problem: Problem | null = $state.raw(null);
  notice: Notice | null = $state.raw(null);
  leaseEnding = $state(false);
  /** Answers given on this page. */
  answered = $state(0);
  /** The last answer, while it can still be taken back. */
  last: Judged | null = $state.raw(null);

  #drawn: string | null = $state(null);
  readonly #ports: Ports;
  readonly #judged = new Map<string, Judged>();
  /** Votes whose retraction is not through yet. */
  readonly #takenBack = new Map<string, { judged: Judged; retractionId: string }>();
  /** Assignments this page is done with: never shown again if the server names them once more. */
  readonly #done = new Set<string>();
  /** Every image with its pixels in memory, by key. */
  readonly #made = new Map<string, Decoded>();
  #asking = false;
  #extra = 0;
  #askAgainAt = 0;
  #activeAt: number;
  #shownAt = 0;
  #renewing = new Set<string>();
  #closed = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#activeAt = ports.now();
  }

  /** Whether an answer would be taken: an image is on the screen and nothing else asks for attention. */
  get isReady(): boolean {
    return this.current !== null && this.#drawn === this.current.key && this.truths.length === 0;
  }

  get canUndo(): boolean {
    return this.last !== null && this.truths.length === 0;
  }

  /** The image on the screen: the judged one while its truth is shown. */
  get shown(): Item | null {
    return this.truths[0]?.item ?? this.current;
  }

  /** The viewer has put this image on the screen. */
  drawn(key: string): void {
    if (this.#drawn === key) return;
    this.#drawn = key;
    this.#shownAt = this.#ports.now();
  }

  answer(answer: Answer, view: Record<string, unknown>, mark: Mark | null = null): boolean {
    const item = this.current;
    if (!item || !this.isReady) return false;
    const judged: Judged = { item, answer, mark, voteId: this.#ports.newId() };
    this.#judged.set(judged.voteId, judged);
    this.#done.add(item.assignment.id);
    this.last = judged;
    this.notice = null;
    this.answered += 1;
    const seconds = Math.min(LONGEST_S, Math.round((this.#ports.now() - this.#shownAt) / 10) / 100);
    this.#advance();
    this.#ports.outbox.add({
      kind: 'vote',
      id: judged.voteId,
      volunteer: this.#ports.volunteer,
      assignmentId: item.assignment.id,
      ...(item.after === undefined ? {} : { after: item.after }),
      answer,
      seconds,
      view,
      ...(mark ? { mark } : {}),
    });
    return true;
  }

  /** Takes the last answer back and brings its image back. */
  undo(): boolean {
    const judged = this.last;
    if (!judged || !this.canUndo) return false;
    this.last = null;
    this.notice = null;
    this.answered -= 1;
    const { item, voteId } = judged;
    this.#judged.delete(voteId);
    let returned = item;
    if (!this.#ports.outbox.withdraw(voteId)) {
      const id = this.#ports.newId();
      returned = { ...item, after: id };
      this.#takenBack.set(voteId, { judged, retractionId: id });
      const { volunteer } = this.#ports;
      this.#ports.outbox.add({ kind: 'retraction', id, volunteer, voteId, assignmentId: item.assignment.id });
    }
    if (this.current) this.waiting = [this.current, ...this.waiting];
    this.#show(returned);
    return true;
  }

  /** The truth was read. */
  acknowledge(): void {
    this.truths = this.truths.slice(1);
    this.#shownAt = this.#ports.now();
    this.#sweep();
  }

  /** Hears from the outbox what became of an entry. */
  settled(entry: Entry, how: Settled): void {
    if (entry.kind === 'vote') this.#voteSettled(entry.id, how);
    else this.#retractionSettled(entry.id, how);
    this.#sweep();
  }

  /** A sign of life of the volunteer. */
  active(): void {
    this.#activeAt = this.#ports.now();
  }

  /** Milliseconds until the image on the screen goes back; 0 without one. */
  get leaseLeft(): number {
    return this.current ? Math.max(0, this.current.lease.ends - this.#ports.now()) : 0;
  }

  /** Loads again, in another form, what is still being loaded. */
  hurry(): void {
    this.#ports.reload();
  }

  /** Tries now to load what did not come. */
  async retry(): Promise<void> {
    this.missing = this.missing.map((one) => ({ ...one, again: 0 }));
    await this.#fetchMissing();
    await this.refill(true);
  }

  /** "Keep this image." */
  async keep(): Promise<void> {
    this.active();
    if (this.current) await this.#renew(this.current);
  }

  /** To be called every few seconds while the page is visible: leases, and more images where they lack. */
  async tick(): Promise<void> {
    const now = this.#ports.now();
    this.waiting = this.waiting.filter((item) => !isOver(item.lease, now));
    if (this.current && isOver(this.current.lease, now)) {
      this.notice = 'lease_over';
      this.#done.add(this.current.assignment.id);
      this.#advance();
    }
    if (now - this.#activeAt < IDLE_MS) {
      const due = [this.current, ...this.waiting].filter(
        (item) => item && wantsRenewal(item.lease, now),
      ) as Item[];
      await Promise.all(due.map((item) => this.#renew(item)));
    }
    this.leaseEnding = this.current !== null && isEnding(this.current.lease, this.#ports.now());
    await this.#fetchMissing();
    await this.refill();
  }

  /** Begins with what was held before a reload, then asks for more. */
  async start(): Promise<void> {
    const known = this.#known();
    const held = this.#ports.held().filter((assignment) => !known.has(assignment.id));
    this.#asking = true;
    const decoding = held.slice(0, MOST).map((assignment) => this.#decode(assignment));
    for (const next of decoding) this.#take(await next);
    this.#asking = false;
    await this.#fetchMissing();
    await this.refill();
  }

  /** Asks for images until enough wait. */
  async refill(now = false): Promise<void> {
    if (this.#asking || this.#closed || (!now && this.#ports.now() < this.#askAgainAt)) return;
    const want = QUEUE - this.waiting.length - this.missing.length + (this.current ? 0 : 1);
    if (want <= 0) return;
    this.#asking = true;
    try {
      const got = await this.#ports.assignments(Math.min(MOST, want + this.#extra));
      if ('problem' in got) {
        this.problem = got.problem;
        this.#askAgainAt =
          this.#ports.now() + 1000 * (got.problem.retryAfter ?? (isPassing(got.problem) ? 4 : 20));
        if (got.problem.code === 'not_signed_in') this.#ports.signedOut();
        return;
      }
      this.problem = null;
      const known = this.#known();
      const fresh = got.assignments.filter((assignment) => !known.has(assignment.id));
      // A server that names open assignments again is asked for as many more.
      this.#extra = got.assignments.length - fresh.length;
      this.nothingLeft = got.nothingLeft;
      if (got.nothingLeft || fresh.length === 0) this.#askAgainAt = this.#ports.now() + 5000;
      // Somebody waits for the first one: it has the line to itself.
      const first = this.current ? undefined : fresh.shift();
      if (first) this.#take(await this.#decode(first));
      const decoding = fresh.map((assignment) => this.#decode(assignment));
      for (const next of decoding) this.#take(await next);
    } finally {
      this.#asking = false;
      void this.#fetchMissing();
    }
  }

  close(): void {
    this.#closed = true;
    for (const image of this.#made.values()) image.bitmap.close();
    this.#made.clear();
  }

  async #decode(assignment: Assignment & { lease: Lease }, tries = 1): Promise<Item | null> {
    const key = this.#ports.newId();
    try {
      const image = await this.#ports.decode(key, assignment.image);
      return { key, assignment, image, lease: assignment.lease };
    } catch (error) {
      if (tries >= TRIES || this.#closed) {
        this.#done.add(assignment.id);
        this.notice = 'image_failed';
      } else {
        const again = error instanceof Superseded ? 0 : this.#ports.now() + TRY_AGAIN_MS;
        this.missing = [...this.missing, { assignment, tries, again }];
      }
      return null;
    }
  }

  /** Images that did not come are still reserved: they are loaded again instead of asking for others. */
  async #fetchMissing(): Promise<void> {
    const now = this.#ports.now();
    const due = this.missing.filter((one) => one.again <= now);
    if (due.length === 0 || this.#asking || this.#closed) return;
    this.#asking = true;
    this.missing = this.missing.filter((one) => one.again > now);
    const decoding = due
      .filter((one) => !isOver(one.assignment.lease, now))
      .map((one) => this.#decode(one.assignment, one.tries + 1));
    for (const next of decoding) this.#take(await next);
    this.#asking = false;
  }

  #take(item: Item | null): void {
    if (!item || this.#closed) return;
    if (this.current) {
      this.waiting = [...this.waiting, item];
      this.#sweep();
    } else this.#show(item);
  }

  #show(item: Item | null): void {
    this.current = item;
    this.leaseEnding = item !== null && isEnding(item.lease, this.#ports.now());
    this.#drawn = null;
    this.#sweep();
  }

  #advance(): void {
    const [next, ...rest] = this.waiting;
    this.waiting = rest;
    this.#show(next ?? null);
    void this.refill();
  }

  #voteSettled(voteId: string, how: Settled): void {
    const judged = this.#judged.get(voteId);
    const takenBack = this.#takenBack.get(voteId);
    this.#judged.delete(voteId);
    if (how.kind === 'refused') {
      if (this.last?.voteId === voteId) this.last = null;
      if (judged) this.answered -= 1;
      this.notice = { refused: how.code };
      return;
    }
    const feedback = (how.body as { feedback?: Feedback | null } | null)?.feedback;
    if (!feedback) return;
    if (this.last?.voteId === voteId) this.last = null;
    if (judged) this.truths = [...this.truths, { ...judged, feedback }];
    else if (takenBack && this.#ports.outbox.withdraw(takenBack.retractionId)) {
      // Taken back before its truth came: the answer stands, and the image leaves again.
      this.#drop(takenBack.retractionId);
      this.#takenBack.delete(voteId);
      this.answered += 1;
      this.truths = [...this.truths, { ...takenBack.judged, feedback }];
    }
  }

  #retractionSettled(id: string, how: Settled): void {
    for (const [voteId, { retractionId }] of this.#takenBack)
      if (retractionId === id) this.#takenBack.delete(voteId);
    if (how.kind === 'done') {
      const reopened = how.reopened ?? null;
      const confirm = (item: Item): Item => {
        if (item.after !== id) return item;
        const { after: _, ...free } = item;
        return { ...free, assignment: { ...item.assignment, id: reopened ?? item.assignment.id } };
      };
      if (this.current) this.current = confirm(this.current);
      this.waiting = this.waiting.map(confirm);
      if (this.last) this.last = { ...this.last, item: confirm(this.last.item) };
      return;
    }
    this.notice = 'undo_refused';
    this.answered += 1;
    this.#drop(id);
  }

  /** Removes the image that this retraction had brought back. */
  #drop(retractionId: string): void {
    this.waiting = this.waiting.filter((item) => item.after !== retractionId);
    if (this.current?.after === retractionId) this.#advance();
  }

  async #renew(item: Item): Promise<void> {
    // An image that is being taken back has no open assignment yet.
    if (item.after !== undefined || this.#renewing.has(item.key)) return;
    this.#renewing.add(item.key);
    const renewed = await this.#ports.renew(item.assignment.id, item.lease.length);
    this.#renewing.delete(item.key);
    if ('problem' in renewed) {
      if (isPassing(renewed.problem)) return;
      if (renewed.problem.code === 'not_signed_in') this.#ports.signedOut();
      else this.#replaceLease(item.key, { ...item.lease, ends: this.#ports.now() });
    } else {
      this.#replaceLease(item.key, renewed);
    }
  }

  #replaceLease(key: string, lease: Lease): void {
    const swap = (item: Item) => (item.key === key ? { ...item, lease } : item);
    if (this.current) this.current = swap(this.current);
    this.waiting = this.waiting.map(swap);
    this.#sweep();
    this.leaseEnding = this.current !== null && isEnding(this.current.lease, this.#ports.now());
  }

  #known(): Set<string> {
    const open = [this.current, ...this.waiting, ...this.missing].map((item) => item?.assignment.id ?? '');
    const unsent = this.#ports.outbox.pending().map((entry) => entry.assignmentId);
    return new Set([...open, ...unsent, ...this.#done]);
  }

  #live(): Map<string, Item> {
    const judged = [...this.#judged.values(), ...this.truths, ...(this.last ? [this.last] : [])];
    const taken = [...this.#takenBack.values()].map((entry) => entry.judged);
    const items = [this.current, ...this.waiting, ...[...judged, ...taken].map((entry) => entry.item)];
    return new Map(items.filter((item) => item !== null).map((item) => [item.key, item]));
  }

  /** Frees the pixels of images that nothing refers to any more. */
  #sweep(): void {
    this.#ports.hold(
      [this.current, ...this.waiting].filter((item) => item !== null && item.after === undefined) as Item[],
    );
    const live = this.#live();
    for (const [key, item] of live) this.#made.set(key, item.image);
    for (const [key, image] of this.#made) {
      if (live.has(key)) continue;
      image.bitmap.close();
      this.#made.delete(key);
    }
  }
}
