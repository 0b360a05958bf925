import { EmbeddedLog } from '@steno/event-log/embedded';
import type { EventLog } from '@steno/event-log';

// What the durability suite and the processes that it kills open.

export function openLog(directory: string): Promise<EventLog> {
  return Promise.resolve(new EmbeddedLog({ directory, readOnly: false }));
}

export function openReader(directory: string): Promise<EventLog> {
  return Promise.resolve(new EmbeddedLog({ directory, readOnly: true }));
}
