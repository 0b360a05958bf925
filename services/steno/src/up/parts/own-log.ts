import { setTimeout as delay } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import type { EventLog } from '@steno/event-log';
import { EnvelopeSchema } from '@steno/proto';
import { readBatch } from '@steno/sessions';
import { CliError } from '../../cli/errors.js';
import type { DataLayout } from '../../data-directory/layout.js';
import { answersAt } from '../socket-lock.js';

const OWNER_DEADLINE_MS = 15_000;
const OWNER_RETRY_MS = 50;

/** Waits for an owner of the log that is still dying. */
export async function untilUnowned(layout: DataLayout): Promise<void> {
  const deadline = Date.now() + OWNER_DEADLINE_MS;
  while (await answersAt(layout.logSocket)) {
    if (Date.now() > deadline) throw new CliError('already-running');
    await delay(OWNER_RETRY_MS);
  }
}

/** A log of another installation would be continued under keys that never verify it. */
export async function refuseOtherInstallation(log: EventLog, installation: string): Promise<void> {
  const [first] = await log.read('control', { partition: 0, offset: 0 }, 1);
  if (first === undefined) return;
  const records = readBatch(first.bytes);
  if ('malformed' in records) throw new CliError('other-installation', records.malformed);
  const raw = records.find((record) => record.raw.length > 0)?.raw;
  if (raw === undefined) return;
  const writer = fromBinary(EnvelopeSchema, raw).installation;
  if (writer !== installation) throw new CliError('other-installation', `It is ${writer}.`);
}
