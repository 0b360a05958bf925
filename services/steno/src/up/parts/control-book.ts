import { setTimeout as delay } from 'node:timers/promises';
import type { ControlState } from '@steno/capture';
import type { ControlBook, ControlEvent } from '@steno/api';
import type { BootStream } from '@steno/event-log';
import { controlFacts } from './activity-facts.js';

const FOLD_POLL_MS = 10;
/** The log shows what it took within milliseconds, or something is wrong with it. */
const FOLD_DEADLINE_MS = 10_000;

/** What control says, as this process folds it, and a stream to say more. */
export function controlBook(state: ControlState, control: BootStream): ControlBook {
  return {
    approvals: state.approvals,
    users: state.users,
    record: async (event: ControlEvent) => {
      await control.record(controlFacts(event));
      const { head } = control;
      const deadline = performance.now() + FOLD_DEADLINE_MS;
      while (!state.hasSeen(head)) {
        if (performance.now() > deadline) throw new Error('control does not show what it took');
        await delay(FOLD_POLL_MS);
      }
    },
  };
}
