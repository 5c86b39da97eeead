// One person's way through the quiz: beginning, question after question, the end. The page draws it;
// this knows what the server has said.
import { api, type Answer } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';
import { keepPass } from './carry';
import type { Attempt, Lesson, Result, Rules } from './types';

export type Stage = 'loading' | 'start' | 'question' | 'lesson' | 'result' | 'problem';

export class QuizRun {
  stage: Stage = $state('loading');
  rules: Rules | null = $state.raw(null);
  attempt: Attempt | null = $state.raw(null);
  /** The question that is shown, from 0. */
  number = $state(0);
  chosen: Answer | null = $state(null);
  lesson: Lesson | null = $state.raw(null);
  /** Right answers so far. */
  right = $state(0);
  result: Result | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  isBusy = $state(false);

  readonly #project: string;

  constructor(project: string) {
    this.#project = project;
  }

  get questions(): Attempt['questions'] {
    return this.attempt?.questions ?? [];
  }

  get image() {
    return this.questions[this.number] ?? null;
  }

  get isLast(): boolean {
    return this.number + 1 >= this.questions.length;
  }

  async load(): Promise<void> {
    this.problem = null;
    const { data, problem } = await outcome(
      api.GET('/api/v1/projects/{slug}/quiz', { params: { path: { slug: this.#project } } }),
    );
    this.rules = data ?? null;
    this.problem = problem ?? null;
    this.stage = problem ? 'problem' : 'start';
  }

  begin(): Promise<void> {
    return this.#once(async () => {
      const { data, problem } = await outcome(
        api.POST('/api/v1/projects/{slug}/quiz', { params: { path: { slug: this.#project } } }),
      );
      if (!data) return problem;
      this.attempt = data;
      this.number = this.right = 0;
      this.chosen = this.lesson = this.result = null;
      this.stage = 'question';
      return null;
    });
  }

  choose(answer: Answer): void {
    if (this.stage === 'question' && !this.isBusy) this.chosen = answer;
  }

  check(): Promise<void> {
    return this.#once(async () => {
      const { attempt, chosen, number } = this;
      if (!attempt || !chosen || this.stage !== 'question') return null;
      const { data, problem } = await outcome(
        api.POST('/api/v1/quizzes/{id}/answers', {
          params: { path: { id: attempt.id } },
          body: { question: number, answer: chosen },
        }),
      );
      // Answered in another tab: the first answer stands, and its explanation went there.
      if (problem?.code === 'question_answered') {
        await this.#proceed();
        return null;
      }
      if (!data) return problem;
      this.lesson = data.lesson;
      this.right += data.lesson.correct ? 1 : 0;
      this.stage = 'lesson';
      return null;
    });
  }

  next(): Promise<void> {
    return this.#once(async () => {
      if (this.stage !== 'lesson') return null;
      return this.#proceed();
    });
  }

  async #proceed(): Promise<Problem | null> {
    const { attempt } = this;
    if (!attempt) return null;
    if (!this.isLast) {
      this.number += 1;
      this.chosen = this.lesson = null;
      this.stage = 'question';
      return null;
    }
    const { data, problem } = await outcome(
      api.POST('/api/v1/quizzes/{id}/result', { params: { path: { id: attempt.id } } }),
    );
    if (!data) return problem ?? null;
    this.result = data;
    if (data.claimable) keepPass(attempt.id);
    this.stage = 'result';
    return null;
  }

  /** One request at a time; a second press while one is under way does nothing. */
  async #once(act: () => Promise<Problem | null | undefined>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = null;
    try {
      this.problem = (await act()) ?? null;
    } finally {
      this.isBusy = false;
    }
  }
}
