// What the person chose about the site. With an account the server keeps it, so that it is the same on
// every device; a guest's choices stay in this browser. At signing in the account's choices apply; a new
// account takes over those of the guest who made it. (Language and appearance have stores of their own,
// because every page needs them; this keeps them and the account in step.)
import { api, type Me } from '#lib/api/client';
import { outcome, type Problem } from '#lib/api/problem';
import { i18n } from '#lib/i18n/i18n.svelte';
import { session } from '#lib/session/session.svelte';
import { theme, type Choice } from '#lib/ui/theme.svelte';
import { keepGuest, readGuest, type GuestChoices } from './guest';

export type Switch = keyof GuestChoices;
export type Settings = Me['settings'];
type Change = Partial<Settings> & { display_name?: string };

class Choices {
  #guest: GuestChoices = $state(readGuest());

  get(choice: Switch): boolean {
    return session.me ? session.me.settings[choice] : this.#guest[choice];
  }

  async set(choice: Switch, isOn: boolean): Promise<Problem | null> {
    if (session.me) return this.save({ [choice]: isOn });
    this.#guest = { ...this.#guest, [choice]: isOn };
    keepGuest(this.#guest);
    return null;
  }

  /** Sends a change to the account; what is shown follows the server's answer. */
  async save(change: Change): Promise<Problem | null> {
    const { data, problem } = await outcome(api.PATCH('/api/v1/me/settings', { body: change }));
    if (data && session.me?.id === data.id) session.me = { ...session.me, ...pick(data) };
    return problem ?? null;
  }

  /** What a guest chose, to be taken along into an account. */
  asGuest(): Partial<Settings> & { theme: Choice } {
    return { ...this.#guest, theme: theme.choice, language: i18n.locale };
  }

  /** Gives a new account the choices of the guest who made it. */
  async takeAlong(chosen: ReturnType<Choices['asGuest']>): Promise<void> {
    // What cannot be taken along now can be chosen again in the settings.
    if (await this.save(chosen)) return;
    theme.choose(chosen.theme);
  }
}

/** What a change may change; the numbers of votes are counted on this page meanwhile. */
const pick = ({ display_name, settings, email_verified }: Me) => ({ display_name, settings, email_verified });

export const choices = new Choices();
