// Sends one entry of the outbox and says in the outbox's words what became of it.
import { api } from '#lib/api/client';
import { isPassing, outcome, type Problem } from '#lib/api/problem';
import type { Entry, Sent } from './outbox';

export async function send(entry: Entry): Promise<Sent> {
  if (entry.kind === 'vote') {
    const { id, assignmentId, answer, seconds, view, mark } = entry;
    const body = { id, assignment_id: assignmentId, answer, seconds, view, ...(mark ? { mark } : {}) };
    const { data, problem } = await outcome(api.POST('/api/v1/classifications', { body }));
    return problem ? failed(problem) : { kind: 'done', body: data };
  }
  const params = { path: { id: entry.voteId } };
  const { data, problem } = await outcome(
    api.POST('/api/v1/classifications/{id}/retraction', { params, body: { id: entry.id } }),
  );
  return problem ? failed(problem) : { kind: 'done', body: data, reopened: data.assignment.id };
}

function failed(problem: Problem): Sent {
  if (problem.code === 'not_signed_in') return { kind: 'signed_out' };
  // What is none of our server's answers, such as a proxy's page, says nothing about the entry.
  if (isPassing(problem) || problem.code === 'unknown') {
    return { kind: 'later', ...(problem.retryAfter === undefined ? {} : { seconds: problem.retryAfter }) };
  }
  return { kind: 'refused', code: problem.code };
}
