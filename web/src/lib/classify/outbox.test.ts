// No answer is lost and none is sent under two ids, whatever the network and the page do.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Entry, Outbox, type Retraction, type Sent, type Settled, type Tabs, type Vote } from './outbox';

class MemoryStorage {
  readonly map = new Map<string, string>();
  full = false;
  get length() {
    return this.map.size;
  }
  key = (i: number) => [...this.map.keys()][i] ?? null;
  getItem = (key: string) => this.map.get(key) ?? null;
  removeItem = (key: string) => void this.map.delete(key);
  setItem = (key: string, value: string) => {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.map.set(key, value);
  };
}

const vote = (id: string, more: Partial<Vote> = {}): Vote => ({
  kind: 'vote',
  id,
  volunteer: 'ada',
  assignmentId: `assignment of ${id}`,
  answer: 'lens',
  seconds: 3,
  view: { preset: 'standard' },
  ...more,
});
const retraction = (id: string, voteId: string): Retraction => ({
  kind: 'retraction',
  id,
  voteId,
  volunteer: 'ada',
  assignmentId: `assignment of ${voteId}`,
});

let storage: MemoryStorage;
let sent: Entry[];
let settled: [string, Settled['kind']][];
let answers: (entry: Entry) => Sent | Promise<Sent>;
let waits: { run: () => void; ms: number }[];
let signedOut: number;

beforeEach(() => {
  storage = new MemoryStorage();
  [sent, settled, waits, signedOut] = [[], [], [], 0];
  answers = () => ({ kind: 'done', body: null });
});

const open = (volunteer = 'ada', tabs?: Tabs, hears?: (entry: Entry) => void) =>
  new Outbox({
    volunteer,
    ...(tabs ? { tabs } : {}),
    storage,
    send: async (entry) => {
      sent.push(entry);
      return answers(entry);
    },
    settled: hears ?? ((entry, how) => settled.push([entry.id, how.kind])),
    changed: () => {},
    signedOut: () => signedOut++,
    now: () => 1_000,
    schedule: (run, ms) => {
      waits.push({ run, ms });
      return () => {};
    },
  });

const ids = (entries: Entry[]) => entries.map((entry) => entry.id);

describe('sending', () => {
  it('sends in the order of answering and then holds nothing', async () => {
    const box = open();
    for (const id of ['c', 'a', 'b']) box.add(vote(id));
    await box.flush();
    expect(ids(sent)).toEqual(['c', 'a', 'b']);
    expect(box.pending()).toEqual([]);
    expect(storage.length).toBe(0);
  });

  it('is in the storage before the first attempt ends', () => {
    answers = () => new Promise(() => {});
    open().add(vote('a'));
    expect(storage.length).toBe(1);
  });

  it('without a network it keeps the answer, waits longer each time, and repeats the same id', async () => {
    answers = () => ({ kind: 'later' });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    await box.flush();
    await box.flush();
    expect(waits.map((wait) => wait.ms)).toEqual([1000, 2000, 4000]);
    expect(box.isStuck).toBe(true);
    answers = () => ({ kind: 'done', body: null });
    waits.at(-1)!.run();
    await box.flush();
    expect(ids(sent)).toEqual(['a', 'a', 'a', 'a']);
    expect(settled).toEqual([['a', 'done']]);
    expect(box.isStuck).toBe(false);
  });

  it('waits as long as the server asks', async () => {
    answers = () => ({ kind: 'later', seconds: 7 });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    expect(waits[0]!.ms).toBe(7000);
  });

  it('a page that was closed in between sends what is left on the next visit', async () => {
    answers = () => ({ kind: 'later' });
    const first = open();
    first.add(vote('a'));
    first.add(vote('b'));
    await first.flush();
    first.close();
    answers = () => ({ kind: 'done', body: null });
    sent = [];
    await open().flush();
    expect(ids(sent)).toEqual(['a', 'b']);
  });

  it('a refused answer leaves and the others go on', async () => {
    answers = (entry) =>
      entry.id === 'a' ? { kind: 'refused', code: 'assignment_expired' } : { kind: 'done', body: null };
    const box = open();
    box.add(vote('a'));
    box.add(vote('b'));
    await box.flush();
    expect(settled).toEqual([
      ['a', 'refused'],
      ['b', 'done'],
    ]);
  });

  it('keeps everything when the session is lost', async () => {
    answers = () => ({ kind: 'signed_out' });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    expect(signedOut).toBe(1);
    expect(ids(box.pending())).toEqual(['a']);
  });

  it("never sends another person's answers", async () => {
    answers = () => ({ kind: 'later' });
    const ada = open('ada');
    ada.add(vote('a'));
    await ada.flush();
    sent = [];
    await open('ben').flush();
    expect(sent).toEqual([]);
    expect(ids(open('ada').pending())).toEqual(['a']);
  });
});

describe('taking back', () => {
  it('an answer that was never sent just disappears', async () => {
    answers = (entry) => (entry.id === 'a' ? new Promise(() => {}) : { kind: 'done', body: null });
    const box = open();
    box.add(vote('a'));
    box.add(vote('b'));
    expect(box.withdraw('b')).toBe(true);
    expect(ids(box.pending())).toEqual(['a']);
  });

  it('an answer that may have arrived cannot just disappear', async () => {
    answers = () => ({ kind: 'later' });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    expect(box.withdraw('a')).toBe(false);
    expect(box.withdraw('unknown')).toBe(false);
  });

  it('a second answer waits for the retraction and goes to the reopened assignment', async () => {
    answers = () => ({ kind: 'later' });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    box.add(retraction('r', 'a'));
    box.add(vote('b', { after: 'r', assignmentId: 'assignment of a' }));
    answers = (entry) => ({
      kind: 'done',
      body: null,
      ...(entry.kind === 'retraction' ? { reopened: 'reopened' } : {}),
    });
    sent = [];
    await box.flush();
    await box.flush();
    expect(ids(sent)).toEqual(['a', 'r', 'b']);
    expect(sent[2]).toMatchObject({ assignmentId: 'reopened' });
    expect(sent[2]).not.toHaveProperty('after');
  });

  it('where the first answer must stand, the second is dropped and both are reported', async () => {
    answers = (entry) =>
      entry.kind === 'retraction' ? { kind: 'refused', code: 'feedback_shown' } : { kind: 'later' };
    const box = open();
    box.add(vote('a'));
    await box.flush();
    answers = (entry) =>
      entry.kind === 'retraction'
        ? { kind: 'refused', code: 'feedback_shown' }
        : { kind: 'done', body: null };
    box.add(retraction('r', 'a'));
    box.add(vote('b', { after: 'r' }));
    await box.flush();
    await box.flush();
    expect(settled).toEqual([
      ['a', 'done'],
      ['b', 'refused'],
      ['r', 'refused'],
    ]);
    expect(box.pending()).toEqual([]);
  });
});

describe('several tabs of one browser', () => {
  /** Two tabs that hear each other. */
  function tabs(): [Tabs, Tabs] {
    const make = (): Tabs => ({ postMessage: () => {}, onmessage: null, close: vi.fn() });
    const pair: [Tabs, Tabs] = [make(), make()];
    const tell = (to: Tabs) => (data: unknown) => to.onmessage?.({ data } as MessageEvent);
    pair[0].postMessage = tell(pair[1]);
    pair[1].postMessage = tell(pair[0]);
    return pair;
  }

  it('what one tab sends for another is heard by the one that made it, once', async () => {
    const [here, there] = tabs();
    answers = () => ({ kind: 'later' });
    const box = open('ada', here);
    box.add(vote('a'));
    await box.flush();
    answers = () => ({ kind: 'done', body: { feedback: 'solution' } });
    settled = [];
    const other: string[] = [];
    const second = open('ada', there, (entry) => other.push(entry.id));
    await second.flush();
    expect(settled).toEqual([['a', 'done']]);
    expect(other).toEqual(['a']);
    expect(box.pending()).toEqual([]);
  });

  it('a tab of another account hears nothing', async () => {
    const [here, there] = tabs();
    answers = () => ({ kind: 'done', body: null });
    const other: string[] = [];
    open('ben', there, (entry) => other.push(entry.id));
    const box = open('ada', here);
    box.add(vote('a'));
    await box.flush();
    expect(other).toEqual([]);
  });

  it('two tabs that send the same entry at once send the same id, and it is reported once to each', async () => {
    const [here, there] = tabs();
    const other: string[] = [];
    answers = () => ({ kind: 'later' });
    const first = open('ada', here);
    first.add(vote('a'));
    await first.flush();
    answers = () => ({ kind: 'done', body: null });
    [sent, settled] = [[], []];
    const second = open('ada', there, (entry) => other.push(entry.id));
    await Promise.all([first.flush(), second.flush()]);
    expect(ids(sent)).toEqual(['a', 'a']);
    expect(settled).toEqual([['a', 'done']]);
    expect(other).toEqual(['a']);
    expect(first.pending()).toEqual([]);
  });
});

describe('a storage that fails', () => {
  it('keeps answers in memory while the page is open', async () => {
    storage.full = true;
    answers = () => ({ kind: 'later' });
    const box = open();
    box.add(vote('a'));
    await box.flush();
    expect(ids(box.pending())).toEqual(['a']);
    answers = () => ({ kind: 'done', body: null });
    await box.flush();
    expect(box.pending()).toEqual([]);
  });

  it('ignores entries that are no entries', async () => {
    storage.map.set('lensfinder.outbox.1.x', '{"id":');
    storage.map.set('lensfinder.outbox.1.y', '{"id":"y"}');
    storage.map.set('something else', 'x');
    expect(open().pending()).toEqual([]);
  });
});
