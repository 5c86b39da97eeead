// New people for tests and measurements, made through the API as the pages would make them.
import { expect } from '@playwright/test';

/** @typedef {import('@playwright/test').BrowserContext} Context */
/** @typedef {{ email: string, password: string, name: string }} Account */

export const PASSWORD = 'violet arcs around gold';
let number = 0;

/** @returns {Account} */
export const newAccount = () => ({
  email: `e2e-${Date.now()}-${process.pid}-${number++}@example.org`,
  password: PASSWORD,
  name: 'Mira 张衡',
});

/**
 * Calls the API as the page does, and expects that it works.
 * @param {Context} context
 * @param {'get' | 'post' | 'put' | 'patch' | 'delete'} method
 * @param {string} path below /api/v1
 * @param {unknown} [data]
 */
export async function call(context, method, path, data) {
  const origin = process.env.LENSFINDER_URL ?? 'http://127.0.0.1:8080';
  const answer = await context.request[method](`${origin}/api/v1${path}`, {
    headers: { Origin: origin },
    ...(data === undefined ? {} : { data }),
  });
  const body = await answer.text();
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${body}`).toBe(true);
  return body === '' ? null : JSON.parse(body);
}

/**
 * Signs up; the context is signed in afterwards.
 * @param {Context} context
 * @param {Account} [account]
 * @param {'en' | 'zh'} [language]
 */
export async function signUp(context, account = newAccount(), language = 'en') {
  const { email, password, name: display_name } = account;
  await call(context, 'post', '/accounts', { email, password, display_name, language });
  return account;
}

/**
 * The project that the pages choose when none is named.
 * @param {Context} context
 */
export async function firstProject(context) {
  const all = await call(context, 'get', '/projects');
  return (all.find((/** @type {{ active: boolean }} */ one) => one.active) ?? all[0]).slug;
}

/** Solutions of quiz images that were told after an answer, by address. */
const learnt = new Map();

/**
 * Answers one attempt as somebody would who remembers earlier solutions.
 * @param {Context} context
 * @returns {Promise<boolean>} whether it was passed
 */
async function tryQuiz(context) {
  const slug = await firstProject(context);
  const { id, questions } = await call(context, 'post', `/projects/${slug}/quiz`);
  for (const [question, { url }] of questions.entries()) {
    const answer = learnt.get(url) ?? 'no_lens';
    const { lesson } = await call(context, 'post', `/quizzes/${id}/answers`, { question, answer });
    learnt.set(url, lesson.truth);
  }
  return (await call(context, 'post', `/quizzes/${id}/result`)).passed;
}

/**
 * Passes the entry quiz as a person would: by answering, reading the solutions and trying again.
 * @param {Context} context
 */
export async function passQuiz(context) {
  const slug = await firstProject(context);
  const quiz = await call(context, 'get', `/projects/${slug}/quiz`);
  if (!quiz.required || quiz.mine?.passed_at) return;
  for (let attempt = 0; attempt < 12; attempt++) if (await tryQuiz(context)) return;
  throw new Error('twelve attempts at the quiz were not enough');
}

/**
 * The solutions of all quiz images that some attempts have shown, by address.
 * @param {Context} context
 * @returns {Promise<Map<string, 'lens' | 'no_lens'>>}
 */
export async function learnQuiz(context) {
  // Each attempt draws a third of the images; after this many, all were seen (all but 1 in 500 times).
  for (let attempt = 0; attempt < 24; attempt++) await tryQuiz(context);
  return learnt;
}

/**
 * A person who may vote.
 * @param {Context} context
 * @param {Account} [account]
 * @param {'en' | 'zh'} [language] of the account, which wins over the browser's
 */
export async function newPerson(context, account = newAccount(), language = 'en') {
  await signUp(context, account, language);
  await passQuiz(context);
  return account;
}

/**
 * The newest letter to an address, from the folder of letters of a server that sends none.
 * @param {Context} context
 * @param {string} address
 * @param {RegExp} link what it must contain
 * @returns {Promise<string>} the link
 */
export async function linkFromLetter(context, address, link) {
  /** @type {string | undefined} */
  let found;
  await expect
    .poll(async () => {
      const { items } = await call(context, 'get', '/dev/letters');
      const letters = items.filter((/** @type {{ to: string }} */ letter) => letter.to.includes(address));
      found = letters.map((/** @type {{ text: string }} */ { text }) => text.match(link)?.[0]).find(Boolean);
      return found;
    })
    .toBeTruthy();
  return found ?? '';
}

/**
 * Opens the link by which an address is verified.
 * @param {Context} context
 * @param {Account} account
 */
export async function verify(context, account) {
  const link = await linkFromLetter(context, account.email, /\S*\/verify#\S+/);
  await call(context, 'post', '/verification', { secret: link.split('#').at(-1) });
}
