// What is typed reaches the server whole, and comes back the same.
import { expect, it } from 'vitest';
import {
  contentOf,
  emptyFields,
  fieldsOf,
  inserted,
  type LeadArticle,
  missingLanguage,
  readKept,
  slugFrom,
  wrongField,
} from './draft';

const discovery: LeadArticle = {
  id: 3,
  kind: 'discovery',
  slug: 'blue-horseshoe',
  title: { en: 'Blue horseshoe', zh: '蓝色马蹄' },
  summary: { en: 'An arc.', zh: '' },
  body: { en: '# Text', zh: '文' },
  revision: 4,
  published_revision: 2,
  published_at: '2026-11-20T10:00:00Z',
  changed_at: '2026-11-21T10:00:00Z',
  author: 'Mei',
  picture: null,
  discovery: {
    finders: ['Mei', '张衡'],
    grade: 'b',
    ra_deg: 150.25,
    dec_deg: -2.5,
    image: null,
    subject: { project: 'arcs', image: 'LSJ-17' },
  },
  history: [],
};

it('comes back as it went', () => {
  const content = contentOf('discovery', fieldsOf(discovery));
  expect(content).toEqual({
    slug: 'blue-horseshoe',
    title: discovery.title,
    summary: discovery.summary,
    body: discovery.body,
    picture: null,
    discovery: {
      finders: ['Mei', '张衡'],
      grade: 'b',
      ra_deg: 150.25,
      dec_deg: -2.5,
      subject: { project: 'arcs', image: 'LSJ-17' },
    },
  });
});

it('sends nothing about a discovery with news', () => {
  expect(contentOf('news', { ...emptyFields(), ra: '3' }).discovery).toBeNull();
});

it.each([
  ['First light at last!', 'first-light-at-last'],
  ['Café — 3 arcs', 'cafe-3-arcs'],
  ['透镜', ''],
  ['  ', ''],
  ['a'.repeat(90), 'a'.repeat(60)],
])('makes an address of %s', (title, slug) => {
  expect(slugFrom(title)).toBe(slug);
  if (slug !== '') {
    const fields = { ...emptyFields(), slug };
    fields.words.en.title = title;
    expect(wrongField('news', fields)).toBeNull();
  }
});

it('cuts a long address between words', () => {
  const slug = slugFrom('one two three four five six seven eight nine ten eleven twelve thirteen');
  expect(slug.length).toBeLessThanOrEqual(60);
  expect(slug.endsWith('-eleven') || slug.endsWith('-twelve')).toBe(true);
});

it('says what cannot be sent', () => {
  const fields = fieldsOf(discovery);
  expect(wrongField('discovery', fields)).toBeNull();
  expect(wrongField('discovery', { ...fields, slug: 'Two Words' })).toBe('slug');
  expect(wrongField('discovery', { ...fields, ra: '360' })).toBe('discovery.ra_deg');
  expect(wrongField('discovery', { ...fields, ra: 'x' })).toBe('discovery.ra_deg');
  expect(wrongField('discovery', { ...fields, dec: '' })).toBe('discovery.dec_deg');
  expect(wrongField('discovery', { ...fields, dec: '−91' })).toBe('discovery.dec_deg');
  expect(wrongField('discovery', { ...fields, dec: '−9,5' })).toBeNull();
  expect(wrongField('discovery', { ...fields, project: '' })).toBe('discovery.subject');
  expect(wrongField('news', { ...emptyFields(), slug: 'a' })).toBe('title');
});

it('says which readers will see another language', () => {
  const fields = fieldsOf(discovery);
  expect(missingLanguage(fields)).toBeNull();
  fields.words.zh.body = ' ';
  expect(missingLanguage(fields)).toBe('zh');
  expect(missingLanguage(emptyFields())).toBeNull();
});

it('puts a picture between paragraphs and leaves the cursor behind it', () => {
  expect(inserted('', 0, '![a](b)')).toEqual({ text: '![a](b)\n', end: 7 });
  const { text, end } = inserted('One.\nTwo.', 4, '![a](b)');
  expect(text).toBe('One.\n\n![a](b)\n\nTwo.');
  expect(text.slice(0, end).endsWith('![a](b)')).toBe(true);
});

it('takes back from the storage only what is whole', () => {
  const fields = fieldsOf(discovery);
  expect(readKept(JSON.stringify({ at: 5, fields }))).toEqual({ at: 5, fields });
  for (const wrong of [
    null,
    '',
    '{',
    '[]',
    '{"at":5}',
    '{"at":"5","fields":{}}',
    '{"at":5,"fields":{"slug":1}}',
  ])
    expect(readKept(wrong)).toBeNull();
});
