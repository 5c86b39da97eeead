// English, and the shape of every catalogue: `Messages` is the type of this object, so a key that
// another language lacks is a compile error. Functions take what varies and choose plural forms.
import { s } from './plural';

export const en = {
  language: 'English',
  brand: 'Lensfinder',
  skip: 'Skip to the content',
  menu: 'Menu',
  close: 'Close',
  tryAgain: 'Try again',
  optional: 'optional',
  cancel: 'Cancel',
  save: 'Save',
  charactersLeft: (n: number) => s(n, 'One character left', `${n} characters left`),
  waitSeconds: (n: number) => s(n, 'Wait one second.', `Wait ${n} seconds.`),
  pager: { label: 'Pages of this list', previous: 'Back', next: 'Next', page: (n: number) => `Page ${n}` },
  loading: 'Loading …',
  nav: {
    label: 'Main',
    home: 'Home',
    tutorial: 'Tutorial',
    classify: 'Classify',
    lead: 'Lead',
    me: 'My page',
    settings: 'Settings',
    admin: 'People and roles',
    account: 'Account',
    status: 'Progress',
    about: 'About us',
    news: 'News',
    contact: 'Contact',
    where: 'Where is my picture?',
    api: 'API document',
    signIn: 'Sign in',
    signUp: 'Create account',
    signOut: 'Sign out',
    signedInAs: (name: string) => `Signed in as ${name}`,
    switchLanguage: '中文',
    theme: 'Appearance',
    themes: { system: 'As the device', light: 'Light', dark: 'Dark' },
  },
  footer: {
    label: 'More',
    line: 'Free software for finding gravitational lenses together.',
    local: 'This page loads nothing from other sites and sets one cookie, when you sign in.',
  },
  /** What the browser finds out by itself; the words for the server's codes are in problems/. */
  problems: {
    network: 'The server cannot be reached. Check your connection and try again.',
    unknown: 'The answer of the server makes no sense. Please try again later.',
  },
  /** The three answers to an image. */
  answers: { no_lens: 'No lens', unsure: 'Unsure', lens: 'Lens' },
  gate: {
    title: 'Please sign in first',
    text: 'This page is about your own account.',
    notYours: 'This page is not for your account',
    notYoursText: 'It needs another role. Somebody who may give roles can help you.',
  },
  error: {
    title: 'This page does not exist',
    text: 'The address may be mistyped, or the page has moved.',
    crashed: 'Something went wrong on this page',
    crashedText: 'Your answers are safe. Reloading the page usually helps.',
    reload: 'Reload the page',
    home: 'To the home page',
  },
};

export type Messages = typeof en;
