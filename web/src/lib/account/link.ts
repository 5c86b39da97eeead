// The secret of a letter's link. It stands behind the `#`, so that no server sees it in an address; here
// it leaves the address bar, too, and stays in this tab until it is used.

const SHAPE = /^[0-9a-f]{64}$/;

/** Takes the secret out of the address, or finds what this tab took out of it before. */
export function takeSecret(
  page: 'reset' | 'verify' | 'claim',
  location: Location,
  history: History,
): string | null {
  const key = `lensfinder.link.${page}`;
  const found = location.hash.slice(1);
  if (SHAPE.test(found)) {
    history.replaceState(history.state, '', location.pathname + location.search);
    keep(key, found);
    return found;
  }
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** It was used, or is of no use. */
export function forgetSecret(page: 'reset' | 'verify' | 'claim'): void {
  try {
    sessionStorage.removeItem(`lensfinder.link.${page}`);
  } catch {
    // Then there is none.
  }
}

function keep(key: string, secret: string): void {
  try {
    sessionStorage.setItem(key, secret);
  } catch {
    // Then it lasts as long as the page.
  }
}
