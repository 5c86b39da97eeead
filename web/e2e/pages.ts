// The addresses of the app, for the specs that go through all of them.

/** What everybody sees. */
export const PUBLIC = [
  '/',
  '/tutorial/what',
  '/tutorial/why',
  '/tutorial/how',
  '/tutorial/known',
  '/quiz',
  '/practice',
  '/news',
  '/discoveries',
  '/ranking',
  '/about',
  '/contact',
  '/where',
  '/where/how',
  '/status',
  '/sign-up',
  '/sign-in',
  '/forgot',
  '/reset',
  '/verify',
  '/certificate',
  '/certificate?code=LF-0000-0000-0000',
  '/admin/claim',
  '/classify',
  '/nowhere',
];

/** What somebody sees who is signed in. */
export const OWN = [
  '/',
  '/classify',
  '/me',
  '/me/history',
  '/me/candidates',
  '/settings',
  '/contact',
  '/where',
];

/** What leads and admins see. */
export const LEADS = ['/lead', '/lead/news', '/lead/feedback', '/lead/feedback?about=pictures'];
export const ADMINS = ['/admin/people'];
