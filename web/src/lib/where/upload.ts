// Sends a file as it is, with its progress: `fetch` does not tell how much has left.
import { addressOf } from '#lib/api/fetcher';
import { NO_ANSWER, type Problem } from '#lib/api/problem';
import type { HintQuery } from './hints';

export type Sent = { id: string } | { problem: Problem } | { aborted: true };

/** `onshare` hears the share that has left, 0 to 1. */
export function send(
  file: File,
  hints: HintQuery,
  onshare: (share: number) => void,
  signal: AbortSignal,
): Promise<Sent> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const query = { name: file.name.slice(0, 120), ...hints };
    request.open('POST', addressOf('/api/v1/placements', { query }));
    // Browsers know few of the formats; the server looks at the bytes.
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded, total }) => onshare(total > 0 ? loaded / total : 0);
    request.onload = () => resolve(read(request));
    request.onerror = () => resolve({ problem: NO_ANSWER });
    request.onabort = () => resolve({ aborted: true });
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** What the server said. */
export function read(request: Pick<XMLHttpRequest, 'status' | 'responseText' | 'getResponseHeader'>): Sent {
  const body = parsed(request.responseText);
  if (request.status === 202 && typeof body.id === 'string') return { id: body.id };
  const wait = Number(request.getResponseHeader('Retry-After') ?? Number.NaN);
  return {
    problem: {
      code: typeof body.code === 'string' ? (body.code as Problem['code']) : 'unknown',
      status: request.status,
      ...(typeof body.field === 'string' ? { field: body.field } : {}),
      ...(Number.isFinite(wait) ? { retryAfter: wait } : {}),
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
