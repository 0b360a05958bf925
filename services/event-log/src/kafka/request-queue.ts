import { createRequire } from 'node:module';

// A connection of kafkajs 2.2.4 asks itself a thousand times a second, for ever, whether something
// waits to be sent: where no broker throttles it, the time until it may send is negative, and
// setTimeout takes that for 1 ms (src/network/requestQueue). With some connections that is several
// percent of a processor in a process that has nothing to do.

interface RequestQueue {
  /** Requests that were not sent, since a broker throttles or has enough of them. */
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
const { scheduleCheckPendingRequests: schedule } = prototype;

/** Whoever comes to wait asks for the check, so nobody has to ask for those who do not. */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};
