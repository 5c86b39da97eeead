// Which project a page is about: the one in the address, else the first that hands out images.
import { api, type Project } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';

export interface Chosen {
  all: Project[];
  project: Project | null;
  problem: Problem | null;
}

export async function chooseProject(wish: string | null): Promise<Chosen> {
  const { data, problem } = await outcome(api.GET('/api/v1/projects'));
  const all = data ?? [];
  const project = all.find((one) => one.slug === wish) ?? all.find((one) => one.active) ?? all[0] ?? null;
  return { all, project, problem: problem ?? null };
}
