// What went wrong in a call, reduced to what the app decides on: a stable code, perhaps a field,
// perhaps a time to wait. The words for people are in the catalogues, by code.
import type { ProblemCode } from './codes';

export interface Problem {
  /** `network`: no answer at all. `unknown`: an answer that is none of ours, such as a proxy's page. */
  code: ProblemCode | 'network' | 'unknown';
  status: number;
  field?: string;
  /** Seconds to wait before the next try, where the server said so. */
  retryAfter?: number;
}

/** Reads the body of an error, whatever it is. */
export function problemFrom(error: unknown, response: Response): Problem {
  const body = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const wait = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return {
    code: typeof body.code === 'string' ? (body.code as ProblemCode) : 'unknown',
    status: response.status,
    ...(typeof body.field === 'string' ? { field: body.field } : {}),
    ...(Number.isFinite(wait) ? { retryAfter: wait } : {}),
  };
}

export const NO_ANSWER: Problem = { code: 'network', status: 0 };

/** Whether the same request may succeed later: no network, too busy, a fault of the server. */
export function isPassing(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500;
}

type Outcome<T> =
  { data: T; problem?: never; response: Response } | { data?: never; problem: Problem; response?: Response };

/** Awaits a call of the API and never throws: either data or a problem. */
export async function outcome<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Outcome<T>> {
  try {
    const { data, error, response } = await call;
    return response.ok ? { data: data as T, response } : { problem: problemFrom(error, response), response };
  } catch {
    return { problem: NO_ANSWER };
  }
}
