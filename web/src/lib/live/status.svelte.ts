// A project's numbers as they change: server-sent events while the page is visible, polling where
// they do not get through, a pause for people who want to read in peace.
import { api, type Status } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';

const POLL_MS = 8000;

export class LiveStatus {
  status: Status | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  how: 'live' | 'polling' | 'paused' | 'offline' = $state('polling');
  /** When the last numbers arrived, milliseconds of `performance.now()`. */
  arrivedAt = $state(0);

  readonly #slug: string;
  #events: EventSource | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(slug: string) {
    this.#slug = slug;
  }

  /** Starts; returns what stops it. */
  start(): () => void {
    const seen = () => (document.visibilityState === 'visible' ? this.#open() : this.#close());
    document.addEventListener('visibilitychange', seen);
    void this.#poll();
    seen();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      this.#close();
    };
  }

  pause(): void {
    this.#close();
    this.how = 'paused';
  }

  resume(): void {
    this.how = 'polling';
    void this.#poll();
    this.#open();
  }

  #open(): void {
    if (this.#events || this.how === 'paused') return;
    const events = new EventSource(`/api/v1/projects/${encodeURIComponent(this.#slug)}/status/events`);
    this.#events = events;
    events.addEventListener('status', (event) => {
      this.how = 'live';
      this.#arrived(JSON.parse(event.data as string) as Status);
    });
    events.addEventListener('error', () => {
      if (this.how === 'live') this.how = 'polling';
    });
    this.#timer = setInterval(() => {
      if (this.how !== 'live') void this.#poll();
    }, POLL_MS);
  }

  #close(): void {
    this.#events?.close();
    this.#events = null;
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    const params = { path: { slug: this.#slug } };
    const { data, problem } = await outcome(api.GET('/api/v1/projects/{slug}/status', { params }));
    if (this.how === 'paused') return;
    this.problem = problem ?? null;
    if (data) {
      if (this.how === 'offline') this.how = 'polling';
      this.#arrived(data);
    } else if (this.how !== 'live') {
      this.how = 'offline';
    }
  }

  #arrived(status: Status): void {
    this.status = status;
    this.problem = null;
    this.arrivedAt = performance.now();
  }
}
