// An article as it stands in the editor's fields: from what the server sends, to what it wants, and
// into the browser's storage and back. Pure, so that it can be tested without a page.
import type { ArticleKind, Grade } from '#lib/articles/types';
import type { Locale } from '#lib/i18n/i18n.svelte';
import type { components } from '../api/schema';

export type LeadArticle = components['schemas']['LeadArticle'];
export type NewContent = components['schemas']['NewContent'];

export interface Words {
  title: string;
  summary: string;
  body: string;
}

/** What the fields hold: text, as it was typed. */
export interface Fields {
  slug: string;
  words: Record<Locale, Words>;
  picture: string;
  /** One name a line. */
  finders: string;
  grade: Grade | '';
  ra: string;
  dec: string;
  project: string;
  subject: string;
}

const none = (): Words => ({ title: '', summary: '', body: '' });

export const emptyFields = (): Fields => ({
  slug: '',
  words: { en: none(), zh: none() },
  picture: '',
  finders: '',
  grade: '',
  ra: '',
  dec: '',
  project: '',
  subject: '',
});

export function fieldsOf(article: LeadArticle): Fields {
  const words = (locale: Locale): Words => ({
    title: article.title[locale],
    summary: article.summary[locale],
    body: article.body[locale],
  });
  const found = article.discovery;
  return {
    slug: article.slug,
    words: { en: words('en'), zh: words('zh') },
    picture: article.picture ?? '',
    finders: found?.finders.join('\n') ?? '',
    grade: found?.grade ?? '',
    ra: found?.ra_deg?.toString() ?? '',
    dec: found?.dec_deg?.toString() ?? '',
    project: found?.subject?.project ?? '',
    subject: found?.subject?.image ?? '',
  };
}

/** Whole words of the English title, as an address. */
export function slugFrom(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  let slug = '';
  for (const word of words) {
    const longer = slug === '' ? word.slice(0, 60) : `${slug}-${word}`;
    if (longer.length > 60) break;
    slug = longer;
  }
  return slug;
}

/** A number as people write it: also with a comma or a typographic minus. Empty is none. */
function numberIn(text: string): number | null {
  const plain = text.trim().replace(',', '.').replace('−', '-');
  return plain === '' ? null : Number(plain);
}

/** The first field that cannot be sent, by the server's name for it. */
export function wrongField(kind: ArticleKind, fields: Fields): string | null {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(fields.slug) || fields.slug.length > 80) return 'slug';
  if (fields.words.en.title.trim() === '' && fields.words.zh.title.trim() === '') return 'title';
  if (kind === 'news') return null;
  const [ra, dec] = [numberIn(fields.ra), numberIn(fields.dec)];
  if ((ra === null) !== (dec === null)) return ra === null ? 'discovery.ra_deg' : 'discovery.dec_deg';
  if (ra !== null && !(ra >= 0 && ra < 360)) return 'discovery.ra_deg';
  if (dec !== null && !(dec >= -90 && dec <= 90)) return 'discovery.dec_deg';
  if (fields.subject.trim() !== '' && fields.project.trim() === '') return 'discovery.subject';
  return null;
}

export function contentOf(kind: ArticleKind, fields: Fields): NewContent {
  const both = (key: keyof Words) => ({ en: fields.words.en[key], zh: fields.words.zh[key] });
  const subject = fields.subject.trim();
  return {
    slug: fields.slug,
    title: both('title'),
    summary: both('summary'),
    body: both('body'),
    picture: fields.picture || null,
    discovery:
      kind === 'news'
        ? null
        : {
            finders: fields.finders
              .split('\n')
              .map((name) => name.trim())
              .filter((name) => name !== ''),
            grade: fields.grade || null,
            ra_deg: numberIn(fields.ra),
            dec_deg: numberIn(fields.dec),
            subject: subject === '' ? null : { project: fields.project.trim(), image: subject },
          },
  };
}

/** The language that readers of `locale` will miss once this is public; null if none. */
export function missingLanguage(fields: Fields): Locale | null {
  const isThere = (locale: Locale) =>
    fields.words[locale].title.trim() !== '' && fields.words[locale].body.trim() !== '';
  if (isThere('en') === isThere('zh')) return null;
  return isThere('en') ? 'zh' : 'en';
}

/** A piece of Markdown put where the cursor is, as a paragraph of its own. */
export function inserted(text: string, at: number, piece: string): { text: string; end: number } {
  const before = text.slice(0, at).trimEnd();
  const after = text.slice(at).trimStart();
  const head = before === '' ? piece : `${before}\n\n${piece}`;
  return { text: after === '' ? `${head}\n` : `${head}\n\n${after}`, end: head.length };
}

/** What this browser keeps of an article that is not saved. */
export interface KeptDraft {
  /** Milliseconds since 1970. */
  at: number;
  fields: Fields;
}

/** Reads what was kept; null where it is none of ours. */
export function readKept(text: string | null): KeptDraft | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<KeptDraft> | null;
    const fields = kept?.fields;
    if (typeof kept?.at !== 'number' || typeof fields !== 'object' || fields === null) return null;
    const isText = (value: unknown) => typeof value === 'string';
    const areWords = (words: Partial<Words> | undefined) =>
      isText(words?.title) && isText(words?.summary) && isText(words?.body);
    const rest = [fields.slug, fields.picture, fields.finders, fields.ra, fields.dec, fields.project];
    const isWhole = [...rest, fields.subject, fields.grade].every(isText);
    if (!isWhole || !areWords(fields.words?.en) || !areWords(fields.words?.zh)) return null;
    return { at: kept.at, fields };
  } catch {
    return null;
  }
}
