import { Inject, Injectable } from '@nestjs/common';
import type { DryRunLine, PolicyFileView } from '@steno/proto';
import { ApiProblem } from '../errors.js';
import { problemView } from '../http/problem.js';
import { LIMITS } from '../limits.js';
import type { ApiOptions } from '../options.js';
import { OPTIONS } from '../tokens.js';
import { Turnstile } from '../turnstile.js';

export interface DryRunAsked {
  readonly actor: string;
  readonly files: readonly PolicyFileView[];
  /** Nanoseconds since the epoch. */
  readonly since: bigint;
  /** Aborted when nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/** Lets dry runs through: one of each person, and few at a time. */
@Injectable()
export class DryRunDesk {
  private readonly turnstile = new Turnstile(LIMITS.dryRuns, LIMITS.dryRunsWaiting);
  private readonly actors = new Set<string>();

  constructor(@Inject(OPTIONS) private readonly options: ApiOptions) {}

  /** Throws ApiProblem while nothing was told; what fails later is the last line. */
  async run(asked: DryRunAsked, tell: (line: DryRunLine) => void): Promise<void> {
    const { actor } = asked;
    if (this.actors.has(actor)) throw new ApiProblem('dryRunUnderWay');
    this.actors.add(actor);
    try {
      await this.turnstile.run(() => this.through(asked, tell));
    } finally {
      this.actors.delete(actor);
    }
  }

  private async through(
    { files, since, signal }: DryRunAsked,
    tell: (line: DryRunLine) => void,
  ): Promise<void> {
    if (signal.aborted) return;
    let hasBegun = false;
    try {
      for await (const line of this.options.dryRun({ files, since }, signal)) {
        if (line.line === 'problems') throw invalid(line);
        hasBegun = true;
        tell(line);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiProblem && !hasBegun) throw error;
      this.options.onError(error, 'a dry run of policies');
      const problem = new ApiProblem('dryRunFailed');
      if (!hasBegun) throw problem;
      tell({ line: 'failed', problem: problemView(problem) });
    }
  }
}

function invalid({ problems }: Pick<ApiProblem['more'], 'problems'>): ApiProblem {
  const [first] = problems ?? [];
  const detail = first === undefined ? '' : `${first.file}:${first.line ?? 1}: ${first.message}.`;
  return new ApiProblem('invalidPolicies', detail, { problems: problems ?? [] });
}
