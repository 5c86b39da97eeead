// The ranking of one project for one period, and joining or leaving it.
import { api } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';
import type { components } from '../api/schema';
import { session } from '#lib/session/session.svelte';

export type Period = components['schemas']['Period'];
export type RankingPage = components['schemas']['RankingPage'];
export type Helper = components['schemas']['Helper'];

export class RankingOf {
  page: RankingPage | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  isBusy = $state(false);
  #latest = 0;

  async load(slug: string, period: Period): Promise<void> {
    const mine = ++this.#latest;
    const params = { path: { slug }, query: { period } };
    const { data, problem } = await outcome(api.GET('/api/v1/projects/{slug}/ranking', { params }));
    if (mine !== this.#latest) return;
    this.problem = problem ?? null;
    if (data) this.page = data;
  }

  /** One click: be seen in the ranking, or not any more. */
  async show(inRanking: boolean): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    const { problem } = await outcome(api.PATCH('/api/v1/me/settings', { body: { in_ranking: inRanking } }));
    this.isBusy = false;
    this.problem = problem ?? null;
    if (problem) return false;
    if (this.page?.me) this.page = withMe(this.page, inRanking);
    // The pages that show the settings should show this one too.
    void session.refresh();
    return true;
  }
}

/** What the page says before the server is asked again: whoever leaves is gone from it at once. */
export function withMe(page: RankingPage, inRanking: boolean): RankingPage {
  if (!page.me) return page;
  const others = (helpers: Helper[]) => (inRanking ? helpers : helpers.filter((helper) => !helper.is_me));
  return {
    ...page,
    top: others(page.top),
    near: inRanking ? page.near : [],
    me: { ...page.me, in_ranking: inRanking, place: inRanking ? page.me.place : null },
  };
}

/** The neighbours that the head of the list does not show already. */
export function nearOnly(page: RankingPage): Helper[] {
  const isMeOnTop = page.top.some((helper) => helper.is_me);
  return isMeOnTop ? [] : page.near;
}
