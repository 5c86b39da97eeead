// The pass of a guest, kept in this browser until there is an account that it can count for. What is
// kept is the attempt's random id, which only this browser and the server know.
import { api } from '#lib/api/client';
import { isPassing, outcome } from '#lib/api/problem';

const KEY = 'lensfinder.quiz';

export function keepPass(attempt: string): void {
  try {
    localStorage.setItem(KEY, attempt);
  } catch {
    // Then the quiz is taken once more after signing up.
  }
}

export function keptPass(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Hands a kept pass to the account that is signed in now; says whether it counts from here on. */
export async function claimPass(): Promise<boolean> {
  const attempt = keptPass();
  if (!attempt) return false;
  const { problem } = await outcome(
    api.POST('/api/v1/quizzes/{id}/claim', { params: { path: { id: attempt } } }),
  );
  // A refusal is final; a lost connection is not.
  if (!problem || !isPassing(problem)) {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Claimed twice it is refused, which does no harm.
    }
  }
  return !problem;
}
