// Practising without end: the images come page by page and begin again after the last. Nothing of it
// is kept, here or on the server.
import { api, type Answer } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';
import type { Lesson, PracticeImage as Item } from './types';

const PAGE = 20;

export class Practice {
  items: Item[] = $state.raw([]);
  at = $state(0);
  answer: Answer | null = $state(null);
  lesson: Lesson | null = $state.raw(null);
  seen = $state(0);
  right = $state(0);
  /** The images have begun again from the first. */
  isAgain = $state(false);
  isLoaded = $state(false);
  problem: Problem | null = $state.raw(null);

  readonly #project: string;
  #next: string | null | undefined = undefined;
  #isBusy = false;

  constructor(project: string) {
    this.#project = project;
  }

  get item(): Item | null {
    return this.items[this.at] ?? null;
  }

  get ahead(): Item | null {
    return this.items[this.at + 1] ?? this.items[0] ?? null;
  }

  async load(): Promise<void> {
    this.problem = null;
    const after = this.#next ? { after: this.#next } : {};
    const { data, problem } = await outcome(
      api.GET('/api/v1/projects/{slug}/practice', {
        params: { path: { slug: this.#project }, query: { limit: PAGE, ...after } },
      }),
    );
    this.problem = problem ?? null;
    if (!data) return;
    this.#next = data.next;
    this.items = [...this.items, ...data.items];
    this.isLoaded = true;
  }

  async give(answer: Answer): Promise<void> {
    const { item } = this;
    if (!item || this.lesson || this.#isBusy) return;
    this.#isBusy = true;
    this.answer = answer;
    this.problem = null;
    const { data, problem } = await outcome(
      api.POST('/api/v1/projects/{slug}/practice/{number}', {
        params: { path: { slug: this.#project, number: item.number } },
        body: { answer },
      }),
    );
    this.#isBusy = false;
    this.problem = problem ?? null;
    if (!data) {
      this.answer = null;
      return;
    }
    this.lesson = data;
    this.seen += 1;
    this.right += data.correct ? 1 : 0;
  }

  async next(): Promise<void> {
    if (!this.lesson) return;
    if (this.at + 1 >= this.items.length && this.#next) await this.load();
    if (this.problem) return;
    this.isAgain = this.at + 1 >= this.items.length;
    this.at = this.isAgain ? 0 : this.at + 1;
    this.answer = this.lesson = null;
  }
}
