// Classifying from the first image to the last: what is shown when, what is sent, what comes back.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Feedback } from '#lib/api/client';
import { Classifier, type Ports } from './classifier.svelte';
import type { Entry, Settled } from './outbox';

const MINUTE = 60_000;
let clock: number;
let made: number;
let handed: number;
let entries: Entry[];
let attempted: Set<string>;
let sky: number;
let ports: Ports;
let closed: string[];
let heldBefore: ReturnType<typeof assignment>[];
let heldNow: string[];
let classifier: Classifier;

const assignment = (id: string) => ({
  id,
  image: {
    url: `/${id}.webp`,
    encoding: 'companded' as const,
    width: 8,
    height: 8,
    pixel_scale_arcsec: 0.262,
  },
  expires_at: '',
  lease_seconds: 1800,
  lease: { ends: clock + 30 * MINUTE, length: 30 * MINUTE },
});

beforeEach(async () => {
  [clock, made, handed, sky] = [0, 0, 0, Infinity];
  [entries, attempted, closed, heldBefore, heldNow] = [[], new Set(), [], [], []];
  ports = {
    volunteer: 'ada',
    outbox: {
      add: (entry) => void entries.push(entry),
      withdraw: (id) => {
        if (attempted.has(id) || !entries.some((e) => e.id === id)) return false;
        entries = entries.filter((e) => e.id !== id);
        return true;
      },
      pending: () => entries,
    },
    assignments: vi.fn(async (count: number) => {
      const give = Math.min(count, sky - handed);
      return {
        assignments: Array.from({ length: give }, () => assignment(`a${++handed}`)),
        nothingLeft: give < count,
      };
    }),
    held: () => heldBefore,
    hold: (items) => void (heldNow = items.map((item) => item.assignment.id)),
    renew: vi.fn(async (_id, length) => ({ ends: clock + length, length })),
    decode: async (key, image) => ({
      key,
      bitmap: { close: () => closed.push(image.url) } as unknown as ImageBitmap,
      encoding: image.encoding,
      width: 8,
      height: 8,
      pixelScaleArcsec: 0.262,
    }),
    reload: vi.fn(),
    signedOut: vi.fn(),
    now: () => clock,
    newId: () => `id${++made}`,
  };
  classifier = new Classifier(ports);
  await classifier.refill();
  show();
});

const show = () => classifier.current && classifier.drawn(classifier.current.key);
const settle = (entry: Entry, how: Settled) => {
  entries = entries.filter((e) => e.id !== entry.id);
  classifier.settled(entry, how);
};
const truth: Feedback = {
  truth: 'lens',
  correct: true,
  kind: 'simulated lens',
  message_key: 'lens_found',
  outline: null,
};
const settled = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const open = () => classifier.current?.assignment.id;

describe('images that do not come', () => {
  /** As if every image failed from now on. */
  const fail = () => {
    const decode = ports.decode;
    ports.decode = () => Promise.reject(new Error('no network'));
    return () => (ports.decode = decode);
  };

  it('stay ours: they are loaded again instead of asking for others', async () => {
    const mend = fail();
    const fresh = new Classifier(ports);
    await fresh.refill();
    expect(fresh.current).toBeNull();
    expect(fresh.missing.map((one) => one.assignment.id)).toEqual(['a5', 'a6', 'a7', 'a8']);
    const asked = vi.mocked(ports.assignments).mock.calls.length;
    await fresh.tick();
    expect(ports.assignments).toHaveBeenCalledTimes(asked);
    mend();
    clock += 9_000;
    await fresh.tick();
    expect(fresh.missing).toEqual([]);
    expect(fresh.current?.assignment.id).toBe('a5');
    expect(fresh.waiting.map((item) => item.assignment.id)).toEqual(['a6', 'a7', 'a8']);
  });

  it('are tried at once when somebody asks', async () => {
    const mend = fail();
    const fresh = new Classifier(ports);
    await fresh.refill();
    mend();
    await fresh.retry();
    expect(fresh.current?.assignment.id).toBe('a5');
  });

  it('are given up after a while, with a word about it', async () => {
    const mend = fail();
    const fresh = new Classifier(ports);
    await fresh.refill();
    for (let i = 0; i < 5; i++) {
      clock += 9_000;
      await fresh.tick();
    }
    mend();
    expect(fresh.missing.map((one) => one.assignment.id)).not.toContain('a5');
    expect(fresh.notice).toBe('image_failed');
  });

  it('whose lease is over meanwhile are never shown', async () => {
    const mend = fail();
    const fresh = new Classifier(ports);
    await fresh.refill();
    mend();
    clock += 31 * MINUTE;
    await fresh.tick();
    expect(fresh.current?.assignment.id).toBe('a9');
  });
});

it('a mark goes with its answer and comes back with the solution', async () => {
  classifier.answer('lens', {}, { x: 0.25, y: 0.5 });
  const [entry] = entries;
  expect(entry).toMatchObject({ answer: 'lens', mark: { x: 0.25, y: 0.5 } });
  settle(entry!, { kind: 'done', body: { feedback: truth } });
  expect(classifier.truths[0]?.mark).toEqual({ x: 0.25, y: 0.5 });
});

describe('looking', () => {
  it('starts with one image shown and three ready', () => {
    expect(open()).toBe('a1');
    expect(classifier.waiting.map((item) => item.assignment.id)).toEqual(['a2', 'a3', 'a4']);
  });

  it('takes no answer before the image is on the screen', () => {
    classifier.answer('lens', {});
    expect(classifier.isReady).toBe(false);
    expect(classifier.answer('lens', {})).toBe(false);
    expect(entries).toHaveLength(1);
  });

  it('shows the next image at once and asks for one more behind it', async () => {
    clock = 2500;
    classifier.answer('no_lens', { preset: 'standard' });
    expect(open()).toBe('a2');
    expect(entries[0]).toMatchObject({
      assignmentId: 'a1',
      answer: 'no_lens',
      seconds: 2.5,
      view: { preset: 'standard' },
    });
    await settled();
    expect(classifier.waiting).toHaveLength(3);
  });

  it('says so when there is nothing left, after the last image', async () => {
    sky = handed;
    for (let i = 0; i < 4; i++) {
      expect(classifier.current).not.toBeNull();
      show();
      classifier.answer('unsure', {});
      await settled();
    }
    await classifier.refill(true);
    expect(classifier.current).toBeNull();
    expect(classifier.nothingLeft).toBe(true);
  });

  it('leaves out an image that cannot be had', async () => {
    const decode = ports.decode;
    ports.decode = async (key, image) =>
      image.url === '/a5.webp' ? Promise.reject(new Error()) : decode(key, image);
    classifier.answer('lens', {});
    await settled();
    show();
    classifier.answer('lens', {});
    await settled();
    const all = [open(), ...classifier.waiting.map((item) => item.assignment.id)];
    expect(all).not.toContain('a5');
  });

  it('shows no image twice when the server names open assignments again, and asks for more', async () => {
    vi.mocked(ports.assignments).mockImplementationOnce(async () => ({
      assignments: [assignment('a2'), assignment('a1')],
      nothingLeft: false,
    }));
    classifier.answer('lens', {});
    await settled();
    expect(classifier.waiting.map((item) => item.assignment.id)).toEqual(['a3', 'a4']);
    clock += MINUTE;
    await classifier.refill();
    expect(vi.mocked(ports.assignments).mock.lastCall).toEqual([3]);
  });

  it('remembers which images it holds, and a reload goes on with those that are not answered yet', async () => {
    expect(heldNow).toEqual(['a1', 'a2', 'a3', 'a4']);
    classifier.answer('lens', {});
    await settled();
    expect(heldNow).toEqual(['a2', 'a3', 'a4', 'a5']);
    heldBefore = ['a1', 'a2', 'a3'].map(assignment);
    const reloaded = new Classifier(ports);
    await reloaded.start();
    const shown = [reloaded.current, ...reloaded.waiting].map((item) => item?.assignment.id);
    expect(shown).toEqual(['a2', 'a3', 'a6', 'a7']);
  });

  it('frees images that nothing can bring back', async () => {
    for (let i = 0; i < 3; i++) {
      show();
      classifier.answer('lens', {});
      settle(entries[0]!, { kind: 'done', body: { feedback: null } });
      await settled();
    }
    expect(closed).toEqual(['/a1.webp', '/a2.webp']);
  });

  it('sends people whose session is over to sign in', async () => {
    vi.mocked(ports.assignments).mockResolvedValueOnce({ problem: { code: 'not_signed_in', status: 401 } });
    classifier.answer('lens', {});
    await settled();
    expect(ports.signedOut).toHaveBeenCalledOnce();
  });
});

describe('undo', () => {
  it('brings the image back and forgets an answer that was never sent', () => {
    classifier.answer('lens', {});
    expect(classifier.undo()).toBe(true);
    expect(open()).toBe('a1');
    expect(classifier.waiting[0]?.assignment.id).toBe('a2');
    expect(entries).toEqual([]);
    expect(classifier.canUndo).toBe(false);
  });

  it('takes back a sent answer, and the new answer goes to the reopened assignment', () => {
    classifier.answer('lens', {});
    settle(entries[0]!, { kind: 'done', body: { feedback: null } });
    classifier.undo();
    expect(entries[0]).toMatchObject({ kind: 'retraction', voteId: 'id5' });
    settle(entries[0]!, { kind: 'done', body: null, reopened: 'a1 again' });
    show();
    classifier.answer('no_lens', {});
    expect(entries[0]).toMatchObject({ kind: 'vote', assignmentId: 'a1 again', answer: 'no_lens' });
    expect(entries[0]).not.toHaveProperty('after');
  });

  it('a new answer given before the retraction is through waits for it', () => {
    classifier.answer('lens', {});
    settle(entries[0]!, { kind: 'done', body: { feedback: null } });
    classifier.undo();
    show();
    classifier.answer('no_lens', {});
    expect(entries[1]).toMatchObject({ kind: 'vote', after: entries[0]!.id });
  });

  it('is refused kindly when the truth was shown before', () => {
    classifier.answer('lens', {});
    settle(entries[0]!, { kind: 'done', body: { feedback: null } });
    classifier.undo();
    settle(entries[0]!, { kind: 'refused', code: 'feedback_shown' });
    expect(classifier.notice).toBe('undo_refused');
    expect(open()).toBe('a2');
    expect(classifier.answered).toBe(1);
  });

  it('gives way when the truth arrives while the answer is being taken back', () => {
    classifier.answer('lens', {});
    const vote = entries[0]!;
    attempted.add(vote.id);
    classifier.undo();
    settle(vote, { kind: 'done', body: { feedback: truth } });
    expect(classifier.truths[0]?.voteId).toBe(vote.id);
    expect(entries).toEqual([]);
    expect(open()).toBe('a2');
  });
});

describe('training images', () => {
  it('show their truth over their own image and take no answers meanwhile', () => {
    classifier.answer('lens', {});
    show();
    settle(entries[0]!, { kind: 'done', body: { feedback: truth } });
    expect(classifier.shown?.assignment.id).toBe('a1');
    expect(classifier.isReady).toBe(false);
    expect(classifier.canUndo).toBe(false);
    classifier.acknowledge();
    expect(classifier.shown?.assignment.id).toBe('a2');
    expect(classifier.isReady).toBe(true);
  });

  it('an answer whose image had gone to someone else is reported and not counted', () => {
    classifier.answer('lens', {});
    settle(entries[0]!, { kind: 'refused', code: 'assignment_expired' });
    expect(classifier.notice).toEqual({ refused: 'assignment_expired' });
    expect(classifier.answered).toBe(0);
    expect(classifier.canUndo).toBe(false);
  });
});

describe('the lease', () => {
  it('is renewed at half time while someone is there', async () => {
    clock = 16 * MINUTE;
    classifier.active();
    await classifier.tick();
    expect(classifier.current!.lease.ends).toBe(46 * MINUTE);
    expect(classifier.leaseEnding).toBe(false);
  });

  it('ends with notice when nobody is, and can be kept with one press', async () => {
    clock = 29 * MINUTE;
    await classifier.tick();
    expect(ports.renew).not.toHaveBeenCalled();
    expect(classifier.leaseEnding).toBe(true);
    await classifier.keep();
    expect(classifier.leaseEnding).toBe(false);
    expect(classifier.current!.lease.ends).toBe(59 * MINUTE);
  });

  it('after its end the image is replaced', async () => {
    clock = 31 * MINUTE;
    await classifier.tick();
    await settled();
    expect(classifier.notice).toBe('lease_over');
    expect(open()).toBe('a5');
  });

  it('without a network nothing is lost before the end', async () => {
    vi.mocked(ports.renew).mockResolvedValue({ problem: { code: 'network', status: 0 } });
    clock = 16 * MINUTE;
    classifier.active();
    await classifier.tick();
    expect(open()).toBe('a1');
  });
});
