// Short messages that nobody has to answer: saved, copied, sent. They are read out and go by themselves;
// anything that must not be missed is a Notice on the page instead.

export interface Toast {
  id: number;
  text: string;
}

/** Long enough to be read twice. */
const SHOWN_MS = 6000;

class Toasts {
  shown: Toast[] = $state.raw([]);
  #number = 0;

  say(text: string): void {
    const toast = { id: ++this.#number, text };
    // The same words again replace themselves.
    this.shown = [...this.shown.filter((other) => other.text !== text), toast].slice(-3);
    setTimeout(() => this.dismiss(toast.id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
