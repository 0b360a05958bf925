import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { DryRunProblems, DryRunRequested } from '@steno/api';
import type { CatalogTexts } from '@steno/capture';
import type { StoreOptions } from '@steno/event-store';
import type { DryRunLine } from '@steno/proto';
import { reasonOf } from '../up/log-lines.js';
import type { ToldCatalog } from '../up/messages.js';
import type { DryRunSays, DryRunStart } from './dry-run-messages.js';
import type { TargetFacts } from './targets-now.js';

const THREAD = new URL('./dry-run-thread.js', import.meta.url);
/** Of the thread's heap. */
const MEMORY_MB = 1_024;

interface DryRunsOptions {
  readonly store: StoreOptions;
  readonly tenant: string;
  /** As control has them now. */
  readonly targets: () => readonly TargetFacts[];
  /** Rejects with a message for people. */
  readonly catalogOf: (target: string) => Promise<CatalogTexts>;
}

/** Rules anew on what was recorded, each time in a thread of its own that ends with it. */
export class DryRuns {
  constructor(private readonly options: DryRunsOptions) {}

  /** The lines of the answer; who stops waiting for them ends it. */
  async *run(
    { files, since }: DryRunRequested,
    signal: AbortSignal,
  ): AsyncGenerator<DryRunLine | DryRunProblems> {
    const { store, tenant, targets } = this.options;
    const start: DryRunStart = { store, tenant, files, since, targets: targets() };
    const worker = new Worker(THREAD, {
      workerData: start,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    try {
      for await (const [said] of on(worker, 'message', { signal, close: ['exit'] })) {
        const line = said as DryRunSays;
        if (line.line === 'needs') void this.answer(worker, line.target);
        else yield line;
      }
    } finally {
      await worker.terminate();
    }
  }

  private async answer(worker: Worker, target: string): Promise<void> {
    const told: ToldCatalog = await this.options.catalogOf(target).then(
      (texts) => ({ target, texts }),
      (error: unknown) => ({ target, reason: reasonOf(error) }),
    );
    worker.postMessage(told);
  }
}
