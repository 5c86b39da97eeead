// The rounds of a project, for all parts of the page that speak of them.
import { api, type Round } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';

export class RoundHistory {
  rounds: Round[] | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  #asked = 0;

  /** Reads them again; what was read before stays until then, and if it fails. */
  async read(slug: string): Promise<void> {
    const asked = ++this.#asked;
    const params = { path: { slug } };
    const { data, problem } = await outcome(api.GET('/api/v1/projects/{slug}/rounds', { params }));
    // An answer may come later than that to a later question.
    if (asked !== this.#asked) return;
    this.problem = problem ?? null;
    if (data) this.rounds = data;
  }
}
