// A guest's choices in this browser. Whatever is stored there, only known switches are believed.

const GUEST_KEY = 'lensfinder.settings';

export interface GuestChoices {
  shortcuts: boolean;
  data_saver: boolean;
  keep_view: boolean;
}

const USUAL: GuestChoices = { shortcuts: true, data_saver: false, keep_view: false };

export function parseGuest(stored: string | null): GuestChoices {
  try {
    const found: unknown = JSON.parse(stored ?? '{}');
    if (typeof found !== 'object' || found === null) return USUAL;
    const known = Object.entries(found).filter(([key, value]) => key in USUAL && typeof value === 'boolean');
    return { ...USUAL, ...Object.fromEntries(known) };
  } catch {
    return USUAL;
  }
}

export function readGuest(): GuestChoices {
  try {
    return parseGuest(localStorage.getItem(GUEST_KEY));
  } catch {
    return USUAL;
  }
}

export function keepGuest(chosen: GuestChoices): void {
  try {
    localStorage.setItem(GUEST_KEY, JSON.stringify(chosen));
  } catch {
    // Then as long as the page is open.
  }
}
