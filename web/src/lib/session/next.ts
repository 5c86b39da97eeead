// Where to go after signing in: back to the page that asked, and never to another site.

/** The path in `?next=`, or the page for classifying. */
export function nextPath(url: URL): string {
  const wish = url.searchParams.get('next');
  if (!wish?.startsWith('/')) return '/classify';
  try {
    // "//host" and "/\host" start with a slash and still leave the site.
    const there = new URL(wish, url.origin);
    return there.origin === url.origin ? there.pathname + there.search : '/classify';
  } catch {
    return '/classify';
  }
}

/** The address of a page for signing in or up that comes back to `path`. */
export const withNext = (page: '/sign-in' | '/sign-up', path: string): string =>
  path === '/classify' ? page : `${page}?next=${encodeURIComponent(path)}`;
