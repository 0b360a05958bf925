import type { BotSession } from './bot-session.js';

/** A caricature of a non-human identity: who it is, and what it does in one session. */
export interface Bot {
  readonly identity: string;
  readonly applicationName: string;
  /** What its token says about this round, from 1. */
  readonly claims: (round: number) => Record<string, string>;
  /** Between two sessions. */
  readonly restMs: number;
  readonly run: (session: BotSession, round: number) => Promise<void>;
}
