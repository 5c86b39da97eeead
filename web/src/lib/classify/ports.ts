// The classifier's ports in a real browser: the API, the clock, the decoder, random ids.
import { api } from '#lib/api/client';
import { outcome } from '#lib/api/problem';
import { decodeImage } from '#lib/cutout/decode';
import { session } from '#lib/session/session.svelte';
import type { Ports } from './classifier.svelte';
import { HeldImages } from './held';
import { leaseFrom } from './lease';
import { preferences } from './preferences.svelte';

/** The ids are no secrets, but must not collide; `randomUUID` exists only on secure pages. */
export function newId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function browserPorts(volunteer: string, project: string): Ports {
  const now = () => performance.now();
  const held = new HeldImages(tabStorage(), volunteer, project);
  let loads = new AbortController();
  return {
    volunteer,
    now,
    newId,
    outbox: session.outbox,
    decode: (key, image) => decodeImage(key, image, { saving: preferences.savesData, signal: loads.signal }),
    reload() {
      loads.abort();
      loads = new AbortController();
    },
    signedOut: () => session.lost(),

    held: () =>
      held.load(Date.now()).map(({ assignment, ends }) => ({
        ...assignment,
        lease: { length: assignment.lease_seconds * 1000, ends: now() + ends - Date.now() },
      })),
    hold: (items) =>
      held.save(
        items.map(({ assignment, lease }) => ({ assignment, ends: Date.now() + lease.ends - now() })),
      ),

    async assignments(count) {
      const params = { path: { slug: project } };
      const { data, problem, response } = await outcome(
        api.POST('/api/v1/projects/{slug}/assignments', { params, body: { count } }),
      );
      if (problem) return { problem };
      const date = response.headers.get('Date');
      const assignments = data.assignments.map((assignment) => ({
        ...assignment,
        lease: leaseFrom(assignment.lease_seconds, assignment.expires_at, date, now()),
      }));
      return { assignments, nothingLeft: data.nothing_left };
    },

    async renew(assignmentId, lengthMs) {
      const params = { path: { id: assignmentId } };
      const { data, problem, response } = await outcome(
        api.POST('/api/v1/assignments/{id}/renewal', { params }),
      );
      if (problem) return { problem };
      return leaseFrom(lengthMs / 1000, data.expires_at, response.headers.get('Date'), now());
    },
  };
}

function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
