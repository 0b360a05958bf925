import type { EventLog } from '@steno/event-log';
import type { Clock } from '@steno/sessions';
import { ControlState } from './control-state.js';
import type { ControlListeners } from './control-state.js';
import type { RegistrationMode } from './options.js';
import { Registration } from './registration.js';

interface ControlOptions {
  readonly log: EventLog;
  readonly rootPublicKey: Uint8Array;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Keeps the fold of control up to date with the log. */
export class ControlFollower {
  readonly state: ControlState;
  private next = 0;

  constructor(
    private readonly options: ControlOptions,
    listeners: ControlListeners = {},
  ) {
    this.state = new ControlState(options.rootPublicKey, listeners);
  }

  /** Whom its identities let in. */
  registration(mode: RegistrationMode, clock: Clock): Registration {
    return new Registration(this.state.identities, mode, clock);
  }

  /** Folds what is there. Rejects with LogUnavailable where nothing can be known of it. */
  async load(): Promise<void> {
    const { log, warn } = this.options;
    this.next = await this.state.load(log);
    const count = this.state.refused;
    if (count > 0) warn('control events were not believed', { count });
  }

  /** Folds what comes, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void> {
    const { log, warn } = this.options;
    const take = (entries: readonly { readonly bytes: Buffer }[]): Promise<void> => {
      const before = this.state.refused;
      for (const { bytes } of entries) this.state.fold(bytes, true);
      const count = this.state.refused - before;
      if (count > 0) warn('control events were not believed', { count });
      return Promise.resolve();
    };
    return log.subscribe('control', new Map([[0, this.next]]), take, signal);
  }
}
