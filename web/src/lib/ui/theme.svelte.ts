// Light or dark: as the device says unless the person chose otherwise. Pages that show the sky are
// always dark; they set `data-theme` on themselves.

export const CHOICES = ['system', 'light', 'dark'] as const;
export type Choice = (typeof CHOICES)[number];

const KEY = 'lensfinder.theme';

class Theme {
  choice: Choice = $state('system');
  /** Hears what the person chose. */
  onchoose: ((choice: Choice) => void) | undefined;
  #deviceIsDark = $state(false);

  get current(): 'light' | 'dark' {
    if (this.choice !== 'system') return this.choice;
    return this.#deviceIsDark ? 'dark' : 'light';
  }

  /** Reads the choice and follows the device; returns what stops it. */
  start(): () => void {
    try {
      const stored = localStorage.getItem(KEY);
      this.choice = CHOICES.find((choice) => choice === stored) ?? 'system';
    } catch {
      // Then as the device says.
    }
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => (this.#deviceIsDark = dark.matches);
    follow();
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }

  choose(choice: Choice): void {
    this.choice = choice;
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // Then until the page is closed.
    }
    this.onchoose?.(choice);
  }
}

export const theme = new Theme();
