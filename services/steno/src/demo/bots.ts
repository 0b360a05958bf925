import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { BotSession } from './bot-session.js';
import type { Wait } from './bot-session.js';
import type { Bot } from './bot.js';
import { inventorySync } from './inventory-sync.js';
import { reportWriter } from './report-writer.js';

/** After this many rounds the bots slow down: a demo that is left alone should stay small. */
const LIVELY_ROUNDS = 30;
const SLOWER_BY = 8;
const BACKOFF_MS = { min: 1_000, max: 30_000 };

export interface DemoBotsOptions {
  readonly gateway: { readonly host: string; readonly port: number };
  /** The target's name. */
  readonly target: string;
  /** A fresh token for an identity, asked for before each session. */
  readonly token: (identity: string, claims: Record<string, string>) => Promise<string>;
  readonly log: (message: string, details: Record<string, unknown>) => void;
  /** Multiplies all pauses between statements and sessions; default 1. */
  readonly pace?: number | undefined;
}

export interface DemoBots {
  /** Ends the sessions that are open and waits for it. May be called again. */
  stop(): Promise<void>;
}

/** Sets the demo's two bots to work through the gateway, until they are stopped. Never throws. */
export function startDemoBots(options: DemoBotsOptions): DemoBots {
  const abort = new AbortController();
  const bots = [inventorySync, reportWriter].map((bot) => keepWorking(bot, options, abort.signal));
  return {
    async stop() {
      abort.abort();
      await Promise.all(bots);
    },
  };
}

/** Round after round; a login that fails is the same round again, later and later. */
async function keepWorking(bot: Bot, options: DemoBotsOptions, stop: AbortSignal): Promise<void> {
  let backoffMs = BACKOFF_MS.min;
  let round = 1;
  while (!stop.aborted) {
    const outcome = await oneRound(bot, options, { round, stop });
    if (stop.aborted) return;
    if (outcome === 'not-connected') {
      await pause(backoffMs, stop);
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MS.max);
    } else {
      const slower = round >= LIVELY_ROUNDS ? SLOWER_BY : 1;
      await pause(bot.restMs * slower * (options.pace ?? 1), stop);
      backoffMs = BACKOFF_MS.min;
      round += 1;
    }
  }
}

interface Round {
  readonly round: number;
  readonly stop: AbortSignal;
}

async function oneRound(
  bot: Bot,
  options: DemoBotsOptions,
  { round, stop }: Round,
): Promise<'not-connected' | 'done' | 'broken-off'> {
  const { gateway, target, log } = options;
  const details = { bot: bot.identity, round };
  const wait: Wait = (ms) => delay(ms * (options.pace ?? 1), undefined, { signal: stop });
  let session: BotSession;
  try {
    const token = await options.token(bot.identity, bot.claims(round));
    const { applicationName, identity: username } = bot;
    const login = { ...gateway, target, username, token, applicationName };
    session = await BotSession.open(login, wait, stop);
  } catch (error) {
    if (!stop.aborted) log('demo bot cannot connect', { ...details, error: reason(error) });
    return 'not-connected';
  }
  const breakOff = () => void session.close();
  stop.addEventListener('abort', breakOff);
  // It may have been aborted while the session was being opened, before anybody listened.
  if (stop.aborted) breakOff();
  try {
    await bot.run(session, round);
    log('demo bot ended a session', details);
    return 'done';
  } catch (error) {
    if (!stop.aborted) log('demo bot broke off a session', { ...details, error: reason(error) });
    return 'broken-off';
  } finally {
    stop.removeEventListener('abort', breakOff);
    await session.close();
  }
}

/** Returns early, and without complaint, when the bots are to stop. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch((error: unknown) => {
    if (!stop.aborted) throw error;
  });
}

function reason(error: unknown): string {
  if (error instanceof pg.DatabaseError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
