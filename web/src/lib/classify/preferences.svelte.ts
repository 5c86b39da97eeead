// What the person chose about classifying: kept with the account, and on this device for the moment until
// the server has it (or where it cannot be reached).
import { keepGuest, readGuest } from '#lib/account/guest';
import { api, type Me } from '#lib/api/client';
import { outcome } from '#lib/api/problem';
import { session } from '#lib/session/session.svelte';

type Choice = keyof Pick<Me['settings'], 'shortcuts' | 'data_saver' | 'keep_view'>;

class Preferences {
  /** Chosen on this page. */
  #chosen: Partial<Record<Choice, boolean>> = $state({});

  /** Whether single keys act (WCAG 2.1.4). */
  get shortcuts(): boolean {
    return this.#get('shortcuts', true);
  }
  set shortcuts(isOn: boolean) {
    this.#set('shortcuts', isOn);
  }

  /** Whether preset and fine tuning stay from image to image. */
  get keepsView(): boolean {
    return this.#get('keep_view', false);
  }
  set keepsView(isOn: boolean) {
    this.#set('keep_view', isOn);
  }

  /** Whether images are fetched with half as many pixels on a side: chosen here, or for the whole device. */
  get savesData(): boolean {
    return this.#get('data_saver', false) || deviceSavesData();
  }
  set savesData(isOn: boolean) {
    this.#set('data_saver', isOn);
  }

  #get(choice: Choice, otherwise: boolean): boolean {
    const kept = session.me ? session.me.settings?.[choice] : readGuest()[choice];
    return this.#chosen[choice] ?? kept ?? otherwise;
  }

  #set(choice: Choice, isOn: boolean): void {
    if (this.#get(choice, !isOn) === isOn) return;
    this.#chosen[choice] = isOn;
    void this.#save(choice, isOn);
  }

  async #save(choice: Choice, isOn: boolean): Promise<void> {
    if (!session.me) return keepGuest({ ...readGuest(), [choice]: isOn });
    const { data } = await outcome(api.PATCH('/api/v1/me/settings', { body: { [choice]: isOn } }));
    // Without an answer the choice holds while the page is open.
    if (data && session.me?.id === data.id) session.me = { ...session.me, settings: data.settings };
  }
}

function deviceSavesData(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true;
}

export const preferences = new Preferences();
