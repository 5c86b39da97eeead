// The text of one language as readers will see it: rendered by the server, a moment after the last key.
import { api } from '#lib/api/client';
import { outcome } from '#lib/api/problem';

const PAUSE_MS = 400;

export class Preview {
  html = $state('');
  failed = $state(false);
  #shown = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #latest = 0;

  /** Shows this text soon; what came before it does not come after it. */
  show(markdown: string): void {
    clearTimeout(this.#timer);
    if (markdown.trim() === '') {
      this.#latest++;
      this.#shown = '';
      this.html = '';
      return;
    }
    if (markdown === this.#shown) return;
    this.#timer = setTimeout(() => void this.#render(markdown), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#latest++;
  }

  async #render(markdown: string): Promise<void> {
    const mine = ++this.#latest;
    const { data } = await outcome(api.POST('/api/v1/lead/preview', { body: { markdown } }));
    if (mine !== this.#latest) return;
    this.failed = data === undefined;
    if (!data) return;
    this.html = data.html;
    this.#shown = markdown;
  }
}
