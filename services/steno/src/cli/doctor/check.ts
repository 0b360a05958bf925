import type { Config } from '../../config/config.js';

/** What one check of `steno doctor` found. */
export interface Check {
  /** A short name for scripts. */
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** What the checks look at. */
export interface Patient {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function ok(check: string, message: string): Check {
  return { check, status: 'ok', message };
}

export function warn(check: string, message: string, advice: string): Check {
  return { check, status: 'warn', message, advice };
}

export function fail(check: string, message: string, advice: string): Check {
  return { check, status: 'fail', message, advice };
}
