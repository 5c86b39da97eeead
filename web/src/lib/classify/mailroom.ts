// The outbox of a signed-in person on this device, with what sends from it. Apart from the session, so
// that pages without answers to send do not load it.
import { Outbox, type OutboxOptions } from './outbox';
import { send } from './send';

const CHANNEL = 'lensfinder.outbox.1';

export function openOutbox(options: Omit<OutboxOptions, 'storage' | 'send' | 'tabs'>): Outbox {
  return new Outbox({ ...options, storage: localStorage, send, tabs: new BroadcastChannel(CHANNEL) });
}
