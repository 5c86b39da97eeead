// The article under the lead's hands: its fields, what is saved, what this browser keeps, and the way to
// the server.
import { api } from '#lib/api/client';
import { outcome, type Problem, problemFrom, NO_ANSWER } from '#lib/api/problem';
import type { ArticleKind } from '#lib/articles/types';
import {
  contentOf,
  emptyFields,
  type Fields,
  fieldsOf,
  type KeptDraft,
  type LeadArticle,
  readKept,
  wrongField,
} from './draft';

const KEY = 'lensfinder.article.';

export class Editor {
  readonly kind: ArticleKind;
  fields: Fields = $state(emptyFields());
  /** As the server has it; null before it was saved for the first time. */
  article: LeadArticle | null = $state.raw(null);
  /** What this browser had kept and is offered back. */
  kept: KeptDraft | null = $state.raw(null);
  problem: Problem | null = $state.raw(null);
  /** The field that is not right, by the server's name. */
  wrong: string | null = $state(null);
  isBusy = $state(false);
  isKept = $state(false);
  #saved = $state('');

  constructor(kind: ArticleKind, article: LeadArticle | null, first: Partial<Fields> = {}) {
    this.kind = kind;
    if (article) this.#take(article);
    else this.fields = { ...emptyFields(), ...first };
    this.#saved = JSON.stringify(this.fields);
    const kept = readKept(read(this.#key));
    if (kept && JSON.stringify(kept.fields) !== this.#saved) this.kept = kept;
  }

  get isDirty(): boolean {
    return JSON.stringify(this.fields) !== this.#saved;
  }

  get #key(): string {
    return KEY + (this.article?.id ?? `new-${this.kind}`);
  }

  /** Keeps the fields in this browser, or forgets them where everything is saved. */
  keep(): void {
    if (this.kept) return; // not over what is still offered back
    this.isKept = this.isDirty && write(this.#key, JSON.stringify({ at: Date.now(), fields: this.fields }));
    if (!this.isDirty) forget(this.#key);
  }

  takeKept(): void {
    if (this.kept) this.fields = this.kept.fields;
    this.kept = null;
  }

  dropKept(): void {
    this.kept = null;
    this.isKept = false;
    forget(this.#key);
  }

  async save(): Promise<boolean> {
    if (this.isBusy) return false;
    this.problem = null;
    this.wrong = wrongField(this.kind, this.fields);
    if (this.wrong) return false;
    const content = contentOf(this.kind, this.fields);
    const key = this.#key;
    const sent = JSON.stringify(this.fields);
    return this.#call(async () => {
      const got = this.article
        ? await outcome(
            api.PUT('/api/v1/lead/articles/{id}', {
              params: { path: { id: this.article.id } },
              body: { revision: this.article.revision, content },
            }),
          )
        : await outcome(api.POST('/api/v1/lead/articles', { body: { kind: this.kind, content } }));
      if (!got.data) return got;
      forget(key);
      this.kept = null;
      this.isKept = false;
      // What was typed meanwhile stays, and is still to be saved.
      const isSame = JSON.stringify(this.fields) === sent;
      if (isSame) this.#take(got.data);
      else this.article = got.data;
      this.#saved = isSame ? JSON.stringify(this.fields) : sent;
      return got;
    });
  }

  async publish(): Promise<boolean> {
    if ((this.isDirty || !this.article) && !(await this.save())) return false;
    const article = this.article;
    if (!article) return false;
    const params = { path: { id: article.id } };
    const body = { revision: article.revision };
    return this.#call(() => outcome(api.PUT('/api/v1/lead/articles/{id}/publication', { params, body })));
  }

  async withdraw(): Promise<boolean> {
    const article = this.article;
    if (!article) return false;
    const params = { path: { id: article.id } };
    return this.#call(() => outcome(api.DELETE('/api/v1/lead/articles/{id}/publication', { params })));
  }

  /** The newest version of somebody else; what was typed here stays in this browser. */
  async reload(): Promise<boolean> {
    const article = this.article;
    if (!article) return false;
    this.keep();
    const params = { path: { id: article.id } };
    const done = await this.#call(() => outcome(api.GET('/api/v1/lead/articles/{id}', { params })));
    if (done && this.article) {
      const mine = JSON.stringify(this.fields);
      const typed: KeptDraft = { at: Date.now(), fields: JSON.parse(mine) as Fields };
      this.#take(this.article);
      this.#saved = JSON.stringify(this.fields);
      this.kept = mine === this.#saved ? null : typed;
    }
    return done;
  }

  async #call(call: () => Promise<{ data?: LeadArticle; problem?: Problem }>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    const { data, problem } = await call();
    this.isBusy = false;
    this.problem = problem ?? null;
    this.wrong =
      problem?.code === 'invalid_field' || problem?.code === 'slug_taken' ? (problem.field ?? null) : null;
    if (data) this.article = data;
    return data !== undefined;
  }

  #take(article: LeadArticle): void {
    this.article = article;
    this.fields = fieldsOf(article);
  }
}

/** Sends a picture; its address on this server, or what went wrong. */
export async function upload(file: File): Promise<{ url: string } | { problem: Problem }> {
  try {
    const response = await fetch('/api/v1/lead/uploads', {
      method: 'POST',
      headers: { 'Content-Type': file.type },
      body: file,
    });
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) return { problem: problemFrom(body, response) };
    return { url: (body as { url: string }).url };
  } catch {
    return { problem: NO_ANSWER };
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then there is nothing to forget.
  }
}
