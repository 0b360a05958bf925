import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { closeLostSessions } from '@steno/capture';
import { Committer, Instance } from '@steno/event-log';
import type { SpooledLog } from '@steno/event-log/spool';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import { dataLayout } from '../data-directory/layout.js';
import { openSpool } from '../data-directory/open-spool.js';
import { newOrigin } from '../up/parts/origin.js';
import { lockInstance } from '../up/socket-lock.js';

const LOOK_MS = 200;

export interface ShipOptions {
  readonly instance: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly onProgress: (bytes: number, total: number) => void;
}

export interface ShippedSpool {
  readonly bytes: number;
  /** How many sessions its owner had left open. */
  readonly sessionsClosed: number;
}

/**
 * Brings into Kafka what an instance that is gone left in its spool, and closes the sessions that
 * it left open. What is not shipped in time stays there.
 *
 * @throws CliError `no-spool`, `instance-running`, `kafka-unavailable`
 */
export async function shipSpool(config: Config, options: ShipOptions): Promise<ShippedSpool> {
  const { kafka } = config;
  const { instance } = options;
  if (kafka === undefined) throw new CliError('needs-kafka');
  const layout = dataLayout(config);
  const directory = join(layout.spool, instance);
  if (!existsSync(directory)) throw new CliError('no-spool', `It would be ${directory}.`);
  if (!existsSync(layout.rootKeys)) {
    throw new CliError('no-keys', `It would be ${layout.rootKeys}.`);
  }
  const lock = await lockInstance(layout, instance);
  try {
    let trouble: string | undefined;
    const log = await openSpool(config, instance, {
      kafka,
      topics: ['data', 'control', 'activity'],
      onBacklog: () => undefined,
      warn: (message) => (trouble = message),
    });
    const ending = new AbortController();
    try {
      const work = shipAll(log, config, options, ending.signal);
      const shipped = await Promise.race([
        work,
        delay(options.timeoutMs, undefined, { signal: ending.signal }),
      ]);
      if (shipped !== undefined) return shipped;
      work.catch(() => undefined); // it ends with the log below
      const left = `${log.backlog.bytes} bytes are not shipped yet`;
      throw new CliError('kafka-unavailable', `${trouble ?? left}.`);
    } finally {
      ending.abort();
      await log.close();
    }
  } finally {
    lock.release();
  }
}

async function shipAll(
  log: SpooledLog,
  config: Config,
  options: ShipOptions,
  signal: AbortSignal,
): Promise<ShippedSpool> {
  const total = log.backlog.bytes;
  const look = setInterval(() => {
    options.onProgress(total - log.backlog.bytes, total);
  }, LOOK_MS);
  try {
    // It fails where the disk of the spool does.
    await Promise.race([log.shipped(), log.done]);
    const left = await log.unfinished();
    if (left.length === 0) return { bytes: total, sessionsClosed: 0 };
    const sessionsClosed = await closeLeftOpen(log, config, options, signal);
    await log.shipped();
    return { bytes: total, sessionsClosed };
  } finally {
    clearInterval(look);
  }
}

/** Its events need a boot that is known: this is the last one of the instance. */
async function closeLeftOpen(
  log: SpooledLog,
  config: Config,
  { instance, version }: ShipOptions,
  signal: AbortSignal,
): Promise<number> {
  const { origin } = newOrigin(dataLayout(config), { role: 'capture', instance });
  const boot = new Instance({ log, origin, role: 'capture', version });
  const committer = new Committer((batch) => log.append('data', batch));
  try {
    await boot.begin();
    const unsigned = { ...origin, sign: undefined };
    return await closeLostSessions({ log, origin: unsigned, committer }, signal);
  } finally {
    committer.stop();
    await boot.end();
  }
}
