// Calls the API: fills the path, adds the query, sends and reads JSON. Its types are those of
// openapi-fetch over our schema; what runs is only this, because it is on every page.
import type { Client } from 'openapi-fetch';
import type { paths } from './schema';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Api = Pick<Client<paths>, Method>;

/** Longer than the server allows itself; without it a dead connection would hold the outbox for ever. */
const TIMEOUT_MS = 35_000;
/** Browsers refuse `keepalive` above 64 KiB for all such requests together. */
const SMALL_BODY = 8_000;

interface Init {
  params?: {
    path?: Record<string, unknown>;
    query?: Record<string, unknown>;
    header?: Record<string, string>;
  };
  body?: unknown;
  headers?: HeadersInit;
  signal?: AbortSignal;
  parseAs?: 'json' | 'text' | 'blob';
}

/** `/a/{id}` with its values, and a query in which what is undefined or null is left out. */
export function addressOf(path: string, params: Init['params'] = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params.path?.[name])),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  const asked = query.toString();
  return asked ? `${filled}?${asked}` : filled;
}

async function call(method: Method, path: string, init: Init = {}) {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(init.params?.header ?? {})) headers.set(name, value);
  const body = init.body === undefined ? undefined : JSON.stringify(init.body);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(addressOf(path, init.params), {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout,
    // Small requests finish even when the page is left at that moment.
    keepalive: (body?.length ?? 0) < SMALL_BODY,
  });
  if (!response.ok) return { error: tolerant(await response.text()), response };
  if (init.parseAs === 'blob') return { data: await response.blob(), response };
  const text = await response.text();
  return { data: init.parseAs === 'text' ? text : text === '' ? undefined : JSON.parse(text), response };
}

/** Errors may come from something between us and the server, and then be anything. */
function tolerant(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const verb = (method: Method) => (path: string, init?: Init) => call(method, path, init);

export const api = {
  GET: verb('GET'),
  POST: verb('POST'),
  PUT: verb('PUT'),
  PATCH: verb('PATCH'),
  DELETE: verb('DELETE'),
} as unknown as Api;
