import { setTimeout as delay } from 'node:timers/promises';
import type { ApiOptions, ControlEvent } from '@steno/api';
import type { ControlState } from '@steno/capture';
import type { EventLog, Instance } from '@steno/event-log';
import { accessFacts, controlFacts, lostFacts, terminationFacts } from './activity-facts.js';

const FOLD_POLL_MS = 10;
/** The log shows what it took within milliseconds, or something is wrong with it. */
const FOLD_DEADLINE_MS = 10_000;

type Records = Pick<ApiOptions, 'control' | 'recordAccess' | 'requestTermination' | 'declareLost'>;

/** What people do at the api goes to the log; what control says is as this process folds it. */
export function apiRecords(
  { activity, control }: Instance,
  state: ControlState,
  log: EventLog,
): Records {
  const untilFolded = async (): Promise<void> => {
    const { head } = control;
    const deadline = performance.now() + FOLD_DEADLINE_MS;
    while (!state.hasSeen(head)) {
      if (performance.now() > deadline) throw new Error('control does not show what it took');
      await delay(FOLD_POLL_MS);
    }
  };
  return {
    control: {
      approvals: state.approvals,
      users: state.users,
      credentials: state.credentials,
      identities: state.identities,
      apiKeys: state.apiKeys,
      tokens: state.tokens,
      policies: state.policies,
      record: async (event: ControlEvent) => {
        await control.record(controlFacts(event));
        await untilFolded();
      },
    },
    recordAccess: (event) => activity.record(accessFacts(event)),
    requestTermination: (request) => control.record(terminationFacts(request)),
    declareLost: async (lost) => control.record(lostFacts(lost, await log.end('data'))),
  };
}
