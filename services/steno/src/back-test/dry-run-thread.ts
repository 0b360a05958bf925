import { parentPort, workerData } from 'node:worker_threads';
import type { CatalogTexts } from '@steno/capture';
import { countSessionsSince, makeStoreClient } from '@steno/event-store';
import type { Rulebook } from '@steno/policy';
import { toRfc3339 } from '@steno/sessions';
import type { ToldCatalog } from '../up/messages.js';
import { BackTest } from './back-test.js';
import type { DryRunSays, DryRunStart } from './dry-run-messages.js';
import { rulebookOf } from './rulebook-of.js';
import { StoreRecordings } from './store-recordings.js';
import { TargetsNow } from './targets-now.js';

const SESSIONS_MAX = 100_000;
const RUN_MS = 10 * 60_000;
const PROGRESS_MS = 250;

const start = workerData as DryRunStart;
const waiting = new Map<string, (told: ToldCatalog) => void>();
parentPort?.on('message', (told: ToldCatalog) => {
  waiting.get(told.target)?.(told);
  waiting.delete(told.target);
});

function say(line: DryRunSays): void {
  parentPort?.postMessage(line);
}

async function catalogOf(target: string): Promise<CatalogTexts> {
  const told = await new Promise<ToldCatalog>((resolve) => {
    waiting.set(target, resolve);
    say({ line: 'needs', target });
  });
  if ('reason' in told) throw new Error(told.reason);
  return told.texts;
}

async function run(rulebook: Rulebook): Promise<void> {
  const { since, targets: known, tenant } = start;
  const client = makeStoreClient(start.store);
  const targets = new TargetsNow({
    targets: known,
    read: catalogOf,
    unread: (target, reason) => {
      say({ line: 'without-catalog', target, reason });
    },
  });
  const backTest = new BackTest({ rulebook, targets });
  const { digest, size: rules } = rulebook;
  const sessions = await countSessionsSince({ client, tenant }, since);
  say({ line: 'started', digest, rules, since: toRfc3339(since), sessions });
  const stoppedBy = await goThrough(backTest, new StoreRecordings({ client, tenant }));
  for (const group of backTest.differences.groups()) say({ line: 'group', ...group });
  const { leftOut } = backTest.differences;
  say({ line: 'ended', ...countsOf(backTest), leftOut, stoppedBy });
  await client.close();
}

/** Gives the limit at which it ended. */
async function goThrough(
  backTest: BackTest,
  recordings: StoreRecordings,
): Promise<'sessions' | 'time' | null> {
  const until = performance.now() + RUN_MS;
  let saidAt = -Infinity;
  for await (const { session, commands } of recordings.sessions(start.since)) {
    if (backTest.sessions >= SESSIONS_MAX) return 'sessions';
    await backTest.session(session, commands);
    const now = performance.now();
    if (now > until) return 'time';
    if (now - saidAt < PROGRESS_MS) continue;
    saidAt = now;
    say({ line: 'progress', ...countsOf(backTest) });
  }
  return null;
}

function countsOf({ sessions, commands, changed }: BackTest) {
  return { sessions, commands, changed };
}

const book = await rulebookOf(start.files);
if ('problems' in book) {
  const problems = book.problems.map(({ line = null, ...problem }) => ({ ...problem, line }));
  say({ line: 'problems', problems });
} else await run(book);
parentPort?.close();
