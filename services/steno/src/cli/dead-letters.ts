import { Option } from 'commander';
import { makeStoreClient, readDeadLetters } from '@steno/event-store';
import type { BatchPlace, DeadLetterRow, StoreReader } from '@steno/event-store';
import { holdProjector, replayDeadLetters } from '@steno/projector';
import type { ReplayedBatch } from '@steno/projector';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { Config } from '../config/config.js';
import { dataLayout } from '../data-directory/layout.js';
import { asLogError, openLog } from '../data-directory/open-log.js';
import { openStore } from '../data-directory/open-store.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { Table } from './table.js';
import { addVerb, loadConfig, parseWhole } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

const TENANT = 'default';
const LISTED_MAX = 10_000;

interface Options extends SharedOptions {
  readonly topic?: Topic;
  readonly partition?: number;
  readonly offset?: number;
  readonly all?: boolean;
}

export const defineDeadLetters: DefineVerb = (program, context, finish) => {
  addVerb(program, 'dead-letters', 'Lists records that could not be read, or reads them again.')
    .argument('<what>', 'list or replay')
    .addOption(new Option('--topic <topic>', 'of the batch to replay').choices(TOPICS))
    .option('--partition <number>', 'of the batch to replay', parseWhole)
    .option('--offset <number>', 'of the batch to replay', parseWhole)
    .option('--all', 'to replay all batches that have any')
    .addHelpText('after', HELP)
    .action(async (what: string, options: Options) => {
      if (what === 'list') finish(await list(context, options));
      else if (what === 'replay') finish(await replay(context, options));
      else throw new CliError('usage', `There is no \`steno dead-letters ${what}\`.`);
    });
};

const HELP = `
A later version of Steno may understand what an earlier one could not. What it understands is put
into ClickHouse as if it had been read at first, and is a dead letter no more; the log stays as it
is. \`replay\` exits with 1 where dead letters are left.`;

async function list(context: Context, options: Options): Promise<ExitCode> {
  const letters = await withStore(loadConfig(context, options), ({ reader }) =>
    readDeadLetters(reader, { of: undefined, limit: LISTED_MAX }),
  );
  if (options.json === true) for (const letter of letters) await context.out.json(lineOf(letter));
  else if (letters.length === 0) await context.out.line('No dead letters.');
  else await new Table(context.out, COLUMNS).print(letters);
  return EXIT.done;
}

function lineOf({ topic, place, reason, size, near }: DeadLetterRow): object {
  return { topic, ...place, near: timeOf(near) ?? null, size, reason };
}

/** To the millisecond. */
function timeOf(nanoseconds: bigint): string | undefined {
  if (nanoseconds === 0n) return undefined;
  return new Date(Number(nanoseconds / 1_000_000n)).toISOString();
}

const COLUMNS = [
  { title: 'TOPIC', of: ({ topic }: DeadLetterRow) => topic },
  { title: 'PARTITION', of: ({ place }: DeadLetterRow) => place.partition, right: true },
  { title: 'OFFSET', of: ({ place }: DeadLetterRow) => place.offset, right: true },
  { title: 'INDEX', of: ({ place }: DeadLetterRow) => place.index, right: true },
  { title: 'ABOUT', of: ({ near }: DeadLetterRow) => timeOf(near) ?? '' },
  { title: 'BYTES', of: ({ size }: DeadLetterRow) => size, right: true },
  { title: 'REASON', of: ({ reason }: DeadLetterRow) => reason },
] as const;

async function replay(context: Context, options: Options): Promise<ExitCode> {
  const of = batchOf(options);
  const config = loadConfig(context, options);
  const batches = await withStore(config, async ({ reader, database, cluster }) => {
    const log = openLog(config);
    const hold = () => holdProjector(dataLayout(config).projectorSocket);
    const target = { database, suffix: '', cluster };
    try {
      return await replayDeadLetters({ log, reader, target, of, hold });
    } catch (error) {
      throw asLogError(error);
    } finally {
      await log.close();
    }
  });
  for (const batch of batches) {
    if (options.json === true) await context.out.json(batch);
    else await context.out.line(sentence(batch));
  }
  if (batches.length === 0 && options.json !== true) await context.out.line('No dead letters.');
  return batches.every(({ left }) => left === 0) ? EXIT.done : EXIT.refused;
}

/** @throws CliError `usage` unless it is all, or one batch */
function batchOf({ topic, partition, offset, all }: Options): BatchPlace | undefined {
  const given = [topic, partition, offset].filter((part) => part !== undefined).length;
  if (all === true && given === 0) return undefined;
  if (all === true || topic === undefined || partition === undefined || offset === undefined) {
    throw new CliError('usage', 'It takes --all, or --topic, --partition and --offset.');
  }
  return { topic, partition, offset };
}

function sentence(batch: ReplayedBatch): string {
  const { topic, partition, offset, outcome, events, removed, left } = batch;
  const what = {
    read: `read: ${events} events, ${removed} dead letters less, ${left} left`,
    unreadable: 'cannot be read by this version either',
    gone: 'is not in the log any more',
    'needs-rebuild': 'holds content that `steno rebuild` alone can bring back',
  }[outcome];
  return `${topic}/${partition}/${offset}: ${what}`;
}

interface Store {
  readonly reader: StoreReader;
  readonly database: string;
  readonly cluster: string | undefined;
}

async function withStore<T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config);
  const { database, cluster } = store.options;
  const client = makeStoreClient(store.options);
  try {
    return await use({ reader: { client, tenant: TENANT }, database, cluster });
  } catch (error) {
    throw isTableMissing(error) ? new CliError('store-empty') : error;
  } finally {
    await client.close();
    await store.stop();
  }
}

function isTableMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('type' in error)) return false;
  return error.type === 'UNKNOWN_TABLE' || error.type === 'UNKNOWN_DATABASE';
}
