import type { Clock } from '@steno/sessions';

/** What became of one command, and when; nothing that it says or brings. */
export interface TracedCommand {
  readonly stream: string;
  readonly identity: string;
  readonly target: string;
  readonly position: number;
  readonly kind: string;
  readonly effect: string;
  /** As response.completed says it; `denied` where the command went nowhere. */
  readonly status: string;
  readonly startedAt: bigint;
  readonly decidedAt: bigint;
  /** When it was on record as its target asks; undefined where it did not come so far. */
  readonly forwardedAt: bigint | undefined;
  readonly endedAt: bigint;
}

/** Whoever wants to know of commands, all or some. It must not take long, and not fail. */
export interface CommandTracer {
  /** Says by their positions which commands of a stream are wanted. */
  sampler(stream: string): (position: number) => boolean;
  traced(command: TracedCommand): void;
}

export interface TracedSession {
  readonly stream: string;
  readonly identity: string;
  readonly target: string;
}

/** Makes the traces of one session. */
export class SessionTraces {
  private readonly isSampled: (position: number) => boolean;

  constructor(
    private readonly tracer: CommandTracer,
    private readonly session: TracedSession,
    private readonly clock: Clock,
  ) {
    this.isSampled = tracer.sampler(session.stream);
  }

  /** Undefined for a command that nobody wants to know of. */
  begin(position: number, kind: string): CommandTrace | undefined {
    if (!this.isSampled(position)) return undefined;
    const { tracer, session, clock } = this;
    return new CommandTrace({ ...session, position, kind }, clock, tracer);
  }
}

/** Takes the times of one command while it is under way. */
export class CommandTrace {
  private readonly startedAt: bigint;
  private decidedAt: bigint;
  private effect = '';
  private forwardedAt: bigint | undefined;

  constructor(
    private readonly command: Pick<TracedCommand, keyof TracedSession | 'position' | 'kind'>,
    private readonly clock: Clock,
    private readonly tracer: CommandTracer,
  ) {
    this.startedAt = clock();
    this.decidedAt = this.startedAt;
  }

  decided(effect: string): void {
    this.decidedAt = this.clock();
    this.effect = effect;
  }

  forwarded(): void {
    this.forwardedAt = this.clock();
  }

  ended(status: string): void {
    const { startedAt, decidedAt, effect, forwardedAt } = this;
    const times = { startedAt, decidedAt, forwardedAt, endedAt: this.clock() };
    this.tracer.traced({ ...this.command, ...times, effect, status });
  }
}
