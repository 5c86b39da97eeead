// The way through the quiz: what the page may show when, and what a lost connection or a second press does.
import { beforeEach, expect, it, vi } from 'vitest';
import { claimPass, keptPass } from './carry';
import { QuizRun } from './quiz.svelte';

type Reply = { status: number; body?: unknown } | 'lost';
type Call = { path: string; body?: { question?: number; answer?: string } };

const { calls, replies } = vi.hoisted(() => ({ calls: [] as Call[], replies: [] as Reply[] }));

vi.mock('#lib/api/client', () => {
  const call = async (path: string, options?: { body?: Call['body'] }) => {
    calls.push(options?.body ? { path, body: options.body } : { path });
    const reply = replies.shift();
    if (!reply || reply === 'lost') throw new TypeError('no connection');
    const response = new Response(null, { status: reply.status });
    return reply.status < 400 ? { data: reply.body, response } : { error: reply.body, response };
  };
  return { api: { GET: call, POST: call } };
});

const storage = new Map<string, string>();
vi.stubGlobal('localStorage', {
  getItem: (key: string) => storage.get(key) ?? null,
  setItem: (key: string, value: string) => storage.set(key, value),
  removeItem: (key: string) => storage.delete(key),
});

const attempt = { id: 'a-1', questions: [{ url: '1.webp' }, { url: '2.webp' }], pass_mark: 1 };
const lesson = (correct: boolean) => ({
  status: 200,
  body: { question: 0, left: 0, lesson: { correct, truth: 'lens', kind: 'ring', simulated: true } },
});
const result = (passed: boolean, claimable: boolean) => ({
  status: 200,
  body: { score: 1, questions: 2, pass_mark: 1, passed, look_again: [], claimable },
});
const refusal = (status: number, code: string) => ({ status, body: { code } });

async function begun(...later: Reply[]): Promise<QuizRun> {
  replies.push({ status: 201, body: attempt }, ...later);
  const run = new QuizRun('sky');
  await run.begin();
  return run;
}

beforeEach(() => {
  calls.length = replies.length = 0;
  storage.clear();
});

it('asks, explains, goes on and ends', async () => {
  const run = await begun(lesson(true), lesson(false), result(true, false));
  expect([run.stage, run.image?.url]).toEqual(['question', '1.webp']);
  run.choose('lens');
  await run.check();
  expect([run.stage, run.right, run.lesson?.kind]).toEqual(['lesson', 1, 'ring']);
  await run.next();
  expect([run.stage, run.image?.url, run.chosen, run.lesson]).toEqual(['question', '2.webp', null, null]);
  run.choose('no_lens');
  await run.check();
  expect(run.isLast).toBe(true);
  await run.next();
  expect([run.stage, run.result?.passed, run.right]).toEqual(['result', true, 1]);
  expect(calls.map(({ body }) => body?.question)).toEqual([undefined, 0, 1, undefined]);
  expect(keptPass(), 'the server has it already').toBeNull();
});

it('sends nothing before an answer is chosen, and one request for two presses', async () => {
  const run = await begun(lesson(true));
  await run.check();
  expect(calls.length).toBe(1);
  run.choose('lens');
  await Promise.all([run.check(), run.check()]);
  expect(calls.length).toBe(2);
  run.choose('no_lens');
  expect(run.chosen, 'the answer stands').toBe('lens');
});

it('keeps the question and the choice when the connection is lost', async () => {
  const run = await begun('lost', lesson(true));
  run.choose('unsure');
  await run.check();
  expect([run.stage, run.problem?.code, run.chosen]).toEqual(['question', 'network', 'unsure']);
  await run.check();
  expect([run.stage, run.problem]).toEqual(['lesson', null]);
  expect(calls.slice(1).map(({ body }) => body?.answer)).toEqual(['unsure', 'unsure']);
});

it('goes on where another tab has answered', async () => {
  const run = await begun(refusal(409, 'question_answered'));
  run.choose('lens');
  await run.check();
  expect([run.stage, run.number, run.problem]).toEqual(['question', 1, null]);
});

it('keeps the pass of a guest until an account has taken it', async () => {
  const run = await begun(lesson(true), lesson(true), result(true, true));
  for (let question = 0; question < 2; question++) {
    run.choose('lens');
    await run.check();
    await run.next();
  }
  expect(keptPass()).toBe('a-1');
  replies.push('lost');
  expect(await claimPass()).toBe(false);
  expect(keptPass(), 'tried again at the next sign-in').toBe('a-1');
  replies.push({ status: 204 });
  expect(await claimPass()).toBe(true);
  expect(keptPass()).toBeNull();
  expect(await claimPass(), 'nothing is left to claim').toBe(false);
});

it('forgets a pass that the server no longer takes', async () => {
  storage.set('lensfinder.quiz', 'old');
  replies.push(refusal(410, 'quiz_expired'));
  expect(await claimPass()).toBe(false);
  expect(keptPass()).toBeNull();
});
