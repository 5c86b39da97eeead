// Nothing that a lead has typed is lost: not by a reload, not by typing on while it is being saved, not by
// somebody else who was faster.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { contentOf, type LeadArticle, type NewContent } from './draft';
import { Editor } from './editor.svelte';

let storage: Map<string, string>;
let answer: (method: string, path: string, body: unknown) => Promise<Response> | Response;

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json' } });

function article(content: NewContent, revision: number): LeadArticle {
  const { slug, title, summary, body } = content;
  return {
    id: 7,
    kind: 'news',
    slug,
    title,
    summary,
    body,
    revision,
    published_revision: null,
    published_at: null,
    changed_at: '2026-11-21T10:00:00Z',
    author: 'Mei',
    picture: content.picture ?? null,
    discovery: null,
    history: [],
  };
}

beforeEach(() => {
  storage = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, text: string) => storage.set(key, text),
    removeItem: (key: string) => storage.delete(key),
  });
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    Promise.resolve(
      answer(init.method ?? 'GET', path, init.body ? JSON.parse(init.body as string) : undefined),
    ),
  );
});
afterEach(() => vi.unstubAllGlobals());

function typed(text: string): Editor {
  const editor = new Editor('news', null);
  editor.fields.slug = 'first-light';
  editor.fields.words.en.title = text;
  return editor;
}

it('keeps what is not saved and offers it after a reload', () => {
  const editor = typed('First light');
  expect(editor.isDirty).toBe(true);
  editor.keep();
  expect(editor.isKept).toBe(true);

  const again = new Editor('news', null);
  expect(again.kept?.fields.words.en.title).toBe('First light');
  expect(again.isDirty).toBe(false);
  again.takeKept();
  expect(again.isDirty).toBe(true);
  expect(again.fields.words.en.title).toBe('First light');

  const other = new Editor('discovery', null);
  expect(other.kept).toBeNull();
});

it('offers nothing that was dropped or saved', async () => {
  typed('First light').keep();
  new Editor('news', null).dropKept();
  expect(new Editor('news', null).kept).toBeNull();

  const editor = typed('First light');
  editor.keep();
  answer = (_, __, body) => json(article((body as { content: NewContent }).content, 1), 201);
  expect(await editor.save()).toBe(true);
  expect(editor.isDirty).toBe(false);
  expect(storage.size).toBe(0);
});

it('sends nothing that the server would refuse', async () => {
  answer = () => {
    throw new Error('must not be called');
  };
  const editor = typed('First light');
  editor.fields.slug = 'Not an address';
  expect(await editor.save()).toBe(false);
  expect(editor.wrong).toBe('slug');
});

it('keeps what is typed while it is being saved', async () => {
  const editor = typed('First');
  answer = (_, __, body) => {
    editor.fields.words.en.title = 'First light';
    return json(article((body as { content: NewContent }).content, 1), 201);
  };
  expect(await editor.save()).toBe(true);
  expect(editor.fields.words.en.title).toBe('First light');
  expect(editor.article?.title.en).toBe('First');
  expect(editor.isDirty).toBe(true);
});

it('gives back what was typed when somebody else was faster', async () => {
  const start = article(contentOf('news', typed('One').fields), 1);
  const theirs = { ...start, revision: 2, title: { en: 'Theirs', zh: '' } };
  const editor = new Editor('news', start);
  editor.fields.words.en.title = 'Mine';
  answer = (method) =>
    method === 'GET' ? json(theirs) : json({ code: 'edited_meanwhile', status: 409 }, 409);
  expect(await editor.save()).toBe(false);
  expect(editor.problem?.code).toBe('edited_meanwhile');
  expect(editor.fields.words.en.title).toBe('Mine');

  expect(await editor.reload()).toBe(true);
  expect(editor.fields.words.en.title).toBe('Theirs');
  expect(editor.isDirty).toBe(false);
  expect(editor.kept?.fields.words.en.title).toBe('Mine');
  editor.takeKept();
  expect(editor.fields.words.en.title).toBe('Mine');
  expect(editor.article?.revision).toBe(2);
});

it('saves before it publishes, and publishes what was saved', async () => {
  const editor = typed('First light');
  const calls: string[] = [];
  answer = (method, path, body) => {
    calls.push(`${method} ${path}`);
    if (!path.endsWith('/publication'))
      return json(article((body as { content: NewContent }).content, 1), 201);
    expect(body).toEqual({ revision: 1 });
    return json({ ...editor.article, published_revision: 1, published_at: '2026-11-21T10:00:00Z' });
  };
  expect(await editor.publish()).toBe(true);
  expect(calls).toEqual(['POST /api/v1/lead/articles', 'PUT /api/v1/lead/articles/7/publication']);
  expect(editor.article?.published_revision).toBe(1);
});
